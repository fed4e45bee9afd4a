import type { Report } from '../../wire/devices.ts'
import type { Door } from './ports.ts'

/** What was told is told again after so long (ms), for Redis may have lost it. */
const AGAIN_MS = 60_000
const MOST_DEVICES = 50_000

/**
 * What Redis was told of devices besides their fixes, so that a device which reports ten times a minute is not told of
 * ten times. `now`: milliseconds, by a clock that never goes back.
 */
export const createToldLife = (now: () => number) => {
  /** In the order in which they were told. */
  const told = new Map<string, { text: string; at: number }>()
  const textOf = ({ parked, every, takes, attributes }: Report, door: Door): string =>
    JSON.stringify([door, parked, every, takes, attributes])
  return {
    /** Whether a report says something that Redis was not told lately. Without fixes it is a sign of life: always. */
    isNews: (id: string, report: Report, door: Door): boolean => {
      const known = told.get(id)
      const hasFixes = report.fixes !== undefined && report.fixes.length > 0
      return !hasFixes || known === undefined || now() - known.at >= AGAIN_MS || known.text !== textOf(report, door)
    },
    tell: (id: string, report: Report, door: Door): void => {
      told.delete(id)
      told.set(id, { text: textOf(report, door), at: now() })
      for (const oldest of told.size > MOST_DEVICES ? told.keys() : []) {
        told.delete(oldest)
        return
      }
    },
  }
}
