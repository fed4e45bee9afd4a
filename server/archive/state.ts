import type { Archive } from '../../archive/archive.ts'
import { isOwnFault } from '../faults.ts'

/** Whether the archive can be asked; `none` where this floor keeps none. */
export type ArchiveState = 'up' | 'down' | 'none'

export type ArchiveWatch = {
  state: () => ArchiveState
  /** Asks it. Called every few seconds by every node. */
  check: () => Promise<void>
  /** Whether it takes what is written, as the node that archives knows. */
  takes: (is: boolean) => void
}

export const ARCHIVE_CHECK_EVERY_MS = 5000

/** Knows whether the archive can be asked, as of the last check. */
export const watchArchive = (archive: Pick<Archive, 'edge'> | null): ArchiveWatch => {
  let answers = true
  let takes = true
  let asking = false
  return {
    state: () => (archive === null ? 'none' : answers && takes ? 'up' : 'down'),
    takes: (is) => {
      takes = is
    },
    check: async () => {
      if (archive === null || asking) return
      asking = true
      try {
        await archive.edge()
        answers = true
      } catch (error) {
        answers = false
        if (isOwnFault(error)) throw error
      } finally {
        asking = false
      }
    },
  }
}
