import { type FeedVehicle, OCCUPANCIES, SCHEDULES, STOP_STATUSES } from '../../../formats/gtfs-realtime.ts'
import type { DeviceDescription, Fix, Life } from '../../../wire/fleet.ts'

/** A device that was somewhere else so long ago (ms) is left out: whoever reads a feed takes it for the present. */
export const STALE_MS = 600_000

const DATE = /^\d{8}$/
const TIME = /^\d{1,3}:\d\d:\d\d$/

/** The place of a name in a list that goes by numbers. */
const numberOf = (names: readonly string[], name: unknown): number | undefined => {
  const at = names.indexOf(String(name))
  return at < 0 ? undefined : at
}

const scheduleOf = (name: unknown): number | undefined => {
  const [number] = Object.entries(SCHEDULES).find(([, each]) => each === name) ?? []
  return number === undefined ? undefined : Number(number)
}

/** The same object without what is not known. */
const known = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

/**
 * A device as a vehicle of a feed that is made at `madeAt` (Unix ms); null where nobody knows where it is now. What it
 * serves is told by its attributes, as vehicles that came from a feed have them.
 */
export const vehicleOf = (
  fix: Fix,
  life: Life | null,
  { name, attributes: described }: DeviceDescription,
  madeAt: number,
): FeedVehicle | null => {
  if (madeAt - fix.t > STALE_MS) return null
  const told: Record<string, unknown> = { ...described, ...life?.attributes }
  const textOf = (attribute: string, pattern = /./s): string | undefined => {
    const text = told[attribute] === undefined ? '' : String(told[attribute])
    return pattern.test(text) ? text : undefined
  }
  const { id, lat, lon, speed, heading, route, readings } = fix
  const { direction, stop_sequence: sequence } = told
  return {
    entity: id,
    // No vehicle may be newer than its feed.
    timestamp: Math.floor(Math.min(fix.t, madeAt) / 1000),
    id,
    lat,
    lon,
    ...known({
      label: name,
      plate: textOf('plate'),
      trip: textOf('trip'),
      route: route === '' ? undefined : route,
      startDate: textOf('trip_date', DATE),
      startTime: textOf('trip_time', TIME),
      schedule: scheduleOf(told.trip_schedule),
      direction: direction === 0 || direction === 1 ? direction : undefined,
      bearing: heading,
      speed,
      odometer: readings?.odometer,
      stop: textOf('stop'),
      stopSequence: Number.isSafeInteger(sequence) && Number(sequence) >= 0 ? Number(sequence) : undefined,
      status: numberOf(STOP_STATUSES, told.stop_status),
      occupancy: numberOf(OCCUPANCIES, told.occupancy),
      occupancyPercent: readings?.occupancy === undefined ? undefined : Math.max(0, Math.round(readings.occupancy)),
    }),
  }
}
