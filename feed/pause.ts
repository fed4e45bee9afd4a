import { backoff } from '../redis/backoff.ts'

/**
 * When a feed tries again what failed, and when it holds everything back: each round of failures doubles the wait, and
 * people hear of a trouble once. Part of a Redis may fail (one primary of a Cluster) while the rest takes data.
 */
export type Pause = {
  /** Something failed: begins a round, at whose end `retry` is called, unless one is under way. */
  fail: (reason: string) => void
  /** Something was answered. */
  succeed: () => void
  /** Nothing at all got through during a whole round: until the next, sending anything would be in vain. */
  active: () => boolean
  /** Nothing fails any more: the next failure is a first one again. True where something had failed. */
  end: () => boolean
  stop: () => void
}

/** Waits in milliseconds: the first, and the longest. */
const FIRST = 100
const LONGEST = 1000

export const createPause = (random: () => number, say: (line: string) => void, retry: () => void): Pause => {
  const said = new Set<string>()
  let rounds = 0
  let timer: NodeJS.Timeout | null = null
  let answered = true
  let inVain = false
  let ended = false
  return {
    fail: (reason) => {
      if (!said.has(reason)) say(`Waiting: ${reason}.`)
      said.add(reason)
      if (timer !== null || ended) return
      inVain = !answered
      answered = false
      timer = setTimeout(
        () => {
          timer = null
          retry()
        },
        backoff(rounds++, FIRST, LONGEST, random),
      )
    },
    succeed: () => {
      answered = true
    },
    active: () => timer !== null && inVain && !answered,
    end: () => {
      const failed = said.size > 0
      rounds = 0
      said.clear()
      return failed
    },
    stop: () => {
      ended = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
