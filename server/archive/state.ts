import type { Archive } from '../../archive/archive.ts'
import { isOwnFault } from '../faults.ts'

/** Whether the archive can be asked; `none` where this floor keeps none. */
export type ArchiveState = 'up' | 'down' | 'none'

export type ArchiveWatch = {
  state: () => ArchiveState
  /** Asks it. Called every few seconds by every node. */
  check: () => Promise<void>
}

export const ARCHIVE_CHECK_EVERY_MS = 5000

/** Knows whether the archive can be asked, as of the last check. */
export const watchArchive = (archive: Pick<Archive, 'edge'> | null): ArchiveWatch => {
  let state: ArchiveState = archive === null ? 'none' : 'up'
  let asking = false
  return {
    state: () => state,
    check: async () => {
      if (archive === null || asking) return
      asking = true
      try {
        await archive.edge()
        state = 'up'
      } catch (error) {
        state = 'down'
        if (isOwnFault(error)) throw error
      } finally {
        asking = false
      }
    },
  }
}
