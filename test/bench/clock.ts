/** The wall clock in Unix milliseconds with microseconds, as Redis's TIME: monotonic between two settings. */
export type Clock = { now: () => number; set: () => void }

const SPIN_MS = 3

/**
 * Two processes of one machine agree on it to some microseconds; `set` looks at the system's clock again (it may be
 * slewed).
 */
export const createClock = (): Clock => {
  let offset = 0
  const set = (): void => {
    // Date.now() is cut to a millisecond: just after it ticks, the difference to the fine clock is right.
    const end = performance.now() + SPIN_MS
    let most = Number.NEGATIVE_INFINITY
    for (let fine = performance.now(); fine < end; fine = performance.now()) most = Math.max(most, Date.now() - fine)
    offset = most
  }
  set()
  return { now: () => performance.now() + offset, set }
}
