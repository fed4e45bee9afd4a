/**
 * So many at once, and then so many a second. Returns whether one more is allowed now. `now`: milliseconds, by a clock
 * that never goes back.
 */
export const createPace = (atOnce: number, perSecond: number, now: () => number): (() => boolean) => {
  let saved = atOnce
  let at = now()
  return () => {
    const current = now()
    saved = Math.min(atOnce, saved + ((current - at) / 1000) * perSecond)
    at = current
    if (saved < 1) return false
    saved -= 1
    return true
  }
}
