import { GROUPS_KEY, isGroup, MOST_GROUPS, OTHER } from '../../wire/groups.ts'
import { isOwnFault } from '../faults.ts'
import type { Commands } from '../redis/deployment.ts'
import { isNoHash } from '../redis/fields.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/** How often a node reads which groups there are. */
export const GROUPS_EVERY_MS = 2000

export type Groups = {
  /** The groups that there are, in order of the alphabet, as they were last read. */
  all: () => readonly string[]
  /** Reads them anew; where Redis cannot be asked they stay as they were. */
  read: () => Promise<void>
}

export const createGroups = (redis: Commands, unreadable: Unreadable): Groups => {
  let groups: readonly string[] = [OTHER]
  return {
    all: () => groups,
    read: async () => {
      try {
        const listed = (await redis.hkeys(GROUPS_KEY)).filter(isGroup).slice(0, MOST_GROUPS)
        groups = [...new Set([OTHER, ...listed])].sort()
      } catch (error) {
        if (isOwnFault(error)) throw error
        if (isNoHash(error as Error)) unreadable(GROUPS_KEY, String(error))
      }
    },
  }
}
