import type { Report } from '../../wire/devices.ts'
import type { Door } from './ports.ts'

/** How a device was heard is told again after so long (ms), for Redis may have lost it. */
const AGAIN_MS = 60_000
const MOST_DEVICES = 50_000

/**
 * By which doors devices were heard on this node, so that a report of fixes alone need not say it each time. What a
 * device says of itself always goes to Redis: another node may have told it otherwise since. `now`: milliseconds, by a
 * clock that never goes back.
 */
export const createToldLife = (now: () => number) => {
  /** In the order in which they were told. */
  const told = new Map<string, { door: Door; at: number }>()
  return {
    /** Whether a report says more than fixes do. Without fixes it is a sign of life: always. */
    isNews: (id: string, { fixes = [], parked, every, takes, attributes }: Report, door: Door): boolean => {
      if (fixes.length === 0 || [parked, every, takes, attributes].some((sign) => sign !== undefined)) return true
      const known = told.get(id)
      return known === undefined || now() - known.at >= AGAIN_MS || known.door !== door
    },
    tell: (id: string, door: Door): void => {
      told.delete(id)
      told.set(id, { door, at: now() })
      for (const oldest of told.size > MOST_DEVICES ? told.keys() : []) {
        told.delete(oldest)
        return
      }
    },
  }
}
