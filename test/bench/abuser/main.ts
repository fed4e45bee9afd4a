import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { answerer } from '../calls.ts'
import { createAbuser } from './abuser.ts'

const NICER = 19
const LEAST_PRIORITY = 19

/**
 * Linux may share a core between sessions first, whatever the priorities of the processes in them: then the session's
 * counts.
 */
const yieldSession = (): void => {
  try {
    writeFileSync('/proc/self/autogroup', String(NICER))
  } catch {
    // Such a system has no groups of that kind.
  }
}

// It shares its core with those who measure: they go first, so that what they see is the server's doing.
setPriority(Math.min(LEAST_PRIORITY, getPriority() + NICER))
yieldSession()
answerer(process, createAbuser())
// Keeps the process alive until the first abuse; the leash ends it with its parent.
setInterval(() => {}, 60_000)
