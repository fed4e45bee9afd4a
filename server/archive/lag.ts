/** How long what is new may wait for the archive (ms). */
const LEAST_MS = 5000
const MOST_MS = 60_000
/** The share of its time that a node may be at work for the archive. */
const SHARE = 0.1
/** Over so long it is measured. */
const OVER_MS = 5000

export type Lag = {
  /** How long what is new waits now (ms). */
  ms: () => number
  /** Work began then and took so long, by a clock that never goes back. */
  worked: (began: number, took: number) => void
}

/** Waits longer the more there is to do: with each look there is more to take at once, which costs less. */
export const createLag = (least: number = LEAST_MS): Lag => {
  let ms = least
  let since = Number.NEGATIVE_INFINITY
  let busy = 0
  return {
    ms: () => ms,
    worked: (began, took) => {
      if (since === Number.NEGATIVE_INFINITY) since = began
      busy += took
      const passed = began + took - since
      if (passed < OVER_MS) return
      const share = busy / passed
      if (share > SHARE) ms = Math.min(MOST_MS, ms * 1.5)
      else if (share < SHARE / 2) ms = Math.max(least, ms / 1.5)
      since = began + took
      busy = 0
    },
  }
}
