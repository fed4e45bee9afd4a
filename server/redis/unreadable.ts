import type { Logger } from 'pino'

/** Told of what Redis holds that the function library does not write, and why. */
export type Unreadable = (key: string, reason: string) => void

/** Keys that are remembered as told. */
const MOST_TOLD = 1000

/** Counts what cannot be read in Redis each time that it is met, and logs it once. */
export const tellUnreadable = (log: Logger, count: () => void): Unreadable => {
  const told = new Set<string>()
  return (key, reason) => {
    count()
    if (told.has(key) || told.size >= MOST_TOLD) return
    told.add(key)
    log.warn({ key, reason }, 'Ignored what Redis holds there: the function library does not write such things')
  }
}
