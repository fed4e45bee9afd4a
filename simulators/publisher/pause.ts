/** When a feed sends and when it holds back: each failure in a row doubles the wait, and people hear of a trouble once. */
export type Pause = {
  /** Holds back for a while that grows from failure to failure. */
  fail: (reason: string) => void
  /** Redis answered: the next failure is a first one again. True where there had been one. */
  succeed: () => boolean
  active: () => boolean
  stop: () => void
}

/** Waits in milliseconds: the first, and the longest. Half to all of it, by chance, so that feeds do not come back all at once. */
const FIRST = 100
const LONGEST = 1000

export const createPause = (random: () => number, say: (line: string) => void, resume: () => void): Pause => {
  const said = new Set<string>()
  let failures = 0
  let timer: NodeJS.Timeout | null = null
  let ended = false
  return {
    fail: (reason) => {
      if (!said.has(reason)) say(`Waiting: ${reason}.`)
      said.add(reason)
      if (timer !== null || ended) return
      const wait = Math.min(LONGEST, FIRST * 2 ** Math.min(failures++, 10)) * (0.5 + random() / 2)
      timer = setTimeout(() => {
        timer = null
        resume()
      }, wait)
    },
    succeed: () => {
      const failed = failures > 0
      failures = 0
      said.clear()
      return failed
    },
    active: () => timer !== null,
    stop: () => {
      ended = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
