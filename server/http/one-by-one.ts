import { ApiError } from './errors.ts'

/** Questions that may wait. */
const MOST = 50
/** What whoever asks pays of the time that the archive took: its threads have time of their own. */
const SHARE = 0.1

/**
 * Asks what takes the archive long, one after the other: so charts and tracks, which are asked for all the time, are
 * read meanwhile. Rejects where too many wait. `now`: milliseconds, by a clock that never goes back.
 */
export const createOneByOne = (now: () => number) => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async <T>(pay: (cost: number) => void, ask: () => Promise<T>): Promise<T> => {
    if (waiting >= MOST) throw new ApiError('rate_limited', { headers: { 'Retry-After': '1' } })
    waiting++
    const asked = last.then(async () => {
      const from = now()
      const answer = await ask()
      pay((now() - from) * SHARE)
      return answer
    })
    last = asked.catch(() => {})
    try {
      return await asked
    } finally {
      waiting--
    }
  }
}
export type OneByOne = ReturnType<typeof createOneByOne>
