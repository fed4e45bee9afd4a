import type { Topic } from '../../wire/topics.ts'
import { createAllowances } from '../access/allowance.ts'
import { DESK } from './asker.ts'

/** Rooms that a person may begin at once, and how long it takes until they may begin one more, in milliseconds. */
export const ROOMS_AT_ONCE = 20
const ANOTHER_MS = 60_000
const MOST_PEOPLE = 20_000

export type Openings = {
  /** Whether a person may write there now: in a room that is listed always. */
  may: (handle: string, room: Topic) => Promise<boolean>
  /** They wrote the first message of a room. */
  opened: (handle: string) => void
}

/**
 * Who begins how many rooms: each is kept in Redis for ever, so nobody begins ever more. `listed`: the rooms where
 * somebody wrote last. `now`: milliseconds, by a clock that never goes back.
 */
export const createOpenings = (listed: () => Promise<readonly Topic[]>, now: () => number): Openings => {
  // The last of them goes into debt.
  const terms = { share: 1 / ANOTHER_MS, burst: ROOMS_AT_ONCE - 1, most: MOST_PEOPLE }
  const { spend, wait } = createAllowances(terms, now)
  return {
    may: async (handle, room) => wait(handle) === 0 || room === DESK || (await listed()).includes(room),
    opened: (handle) => spend(handle, 1),
  }
}
