import { type Ending, startProgram } from '../../start/child.ts'
import { type Ask, asker } from '../bench/calls.ts'
import type { CrowdCalls } from './crowd/crowd.ts'
import { inherited, ROOT } from './environment.ts'

export type Crowd = {
  pid: number
  ask: Ask<CrowdCalls>
  /** SIGSTOP, SIGCONT. */
  signal: (name: NodeJS.Signals) => void
  kill: () => Promise<Ending>
}

/** Readers in a process of their own, which can be stopped and woken. */
export const startCrowd = (): Crowd => {
  const child = startProgram('crowd', ['test/support/crowd/main.ts'], { cwd: ROOT, env: inherited(), output: 'errors' })
  return {
    pid: child.process.pid ?? 0,
    ask: asker<CrowdCalls>(child.process),
    signal: (name) => child.process.kill(name),
    kill: child.kill,
  }
}
