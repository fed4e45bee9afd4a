import type { Logger } from 'pino'
import type { Fault, Place } from './faults.ts'

const AGAIN_MS = 60_000

/** Counts faults, and logs them: the first of each place at once, then at most once a minute, with the number since. */
export const tellFaults = (log: Logger, count: (at: Place) => void, now: () => number): ((fault: Fault) => void) => {
  const told = new Map<Place, { until: number; more: number }>()
  return ({ at, error, of }) => {
    count(at)
    const last = told.get(at)
    if (last && now() < last.until) {
      last.more++
      return
    }
    told.set(at, { until: now() + AGAIN_MS, more: 0 })
    const stack = error instanceof Error ? error.stack : undefined
    log.error({ at, of, reason: String(error), stack, more: last?.more ?? 0 }, 'A fault was contained')
  }
}
