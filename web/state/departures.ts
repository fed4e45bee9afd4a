import { type Fix, isNewer } from '../../wire/fleet.ts'

/** A moment of a device: of two at the same time the one with the higher number is newer. */
export type At = Pick<Fix, 't' | 'n'>

/** Departures remembered, so that an older fix that comes late from another cell does not bring the device back. */
const MOST_DEPARTURES = 4_000

/** When each device that is not shown any more left: the latest that is known. */
export const createDepartures = () => {
  const departures = new Map<string, At>()
  return {
    add: (id: string, { t, n }: At): void => {
      const before = departures.get(id)
      departures.delete(id)
      departures.set(id, before && isNewer(before, { t, n }) ? before : { t, n })
      const [oldest] = departures.keys()
      if (departures.size > MOST_DEPARTURES && oldest !== undefined) departures.delete(oldest)
    },
    /** Whether a device left after this fix of it. */
    isAfter: (fix: Fix): boolean => {
      const departed = departures.get(fix.id)
      return departed !== undefined && isNewer(departed, fix)
    },
    /** It is back. */
    forget: (id: string): void => void departures.delete(id),
    clear: (): void => departures.clear(),
  }
}
