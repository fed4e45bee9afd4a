import { type FeedVehicle, OCCUPANCIES, SCHEDULES, STOP_STATUSES } from '../../../formats/gtfs-realtime.ts'
import type { Report, ReportedFix } from '../../../wire/devices.ts'
import type { DeviceDescription } from '../../../wire/fleet.ts'
import { isName } from '../../../wire/topics.ts'

/** A vehicle of a feed as a device. `t`: when it was there by its own clock, Unix milliseconds. */
export type TransitDevice = { id: string; t: number; report: Report; description: DeviceDescription }

/** The place of `in_transit_to`, which vehicles are that say nothing. */
const IN_TRANSIT = 2
/** Letters of a text that is kept of a vehicle. */
const MOST_LETTERS = 100
/** A feed's numbers have seven digits or so, which are right to a metre; what is behind them is noise. */
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

/** The names that transit vehicles are known by: those of GTFS, and of `Report` and `Fix`. */
const attributesOf = (vehicle: FeedVehicle): Record<string, string | number> => {
  const { trip, startDate, startTime, schedule, direction, stop, stopSequence, status, occupancy } = vehicle
  const told = {
    trip,
    trip_date: startDate,
    trip_time: startTime,
    trip_schedule: schedule === undefined ? undefined : SCHEDULES[schedule],
    direction,
    stop,
    stop_sequence: stopSequence,
    stop_status: stop === undefined && stopSequence === undefined ? undefined : STOP_STATUSES[status ?? IN_TRANSIT],
    occupancy: occupancy === undefined ? undefined : OCCUPANCIES[occupancy],
  }
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) => {
      const kept = typeof value === 'string' ? value.slice(0, MOST_LETTERS).toWellFormed() : value
      return kept === undefined || kept === '' ? [] : [[name, kept]]
    }),
  )
}

const fixOf = (vehicle: FeedVehicle, t: number): ReportedFix | null => {
  const { lat, lon, speed, bearing, route, odometer, occupancyPercent } = vehicle
  if (lat === undefined || lon === undefined) return null
  const readings = {
    ...(odometer !== undefined && { odometer: rounded(odometer, 0) }),
    ...(occupancyPercent !== undefined && { occupancy: occupancyPercent }),
  }
  return {
    t,
    lat: rounded(lat, 5),
    lon: rounded(lon, 5),
    ...(speed !== undefined && speed >= 0 && { speed: rounded(speed, 2) }),
    ...(bearing !== undefined && bearing >= 0 && { heading: rounded(bearing % 360, 1) }),
    ...(route !== undefined && route !== '' && { route }),
    ...(Object.keys(readings).length > 0 && { readings }),
  }
}

/**
 * A vehicle as a device: by its id or, where the feed has none, its label, or its trip. `feedTime` (Unix seconds) counts
 * for those that tell no time. Null where there is no name or no time for it.
 */
export const deviceOf = (vehicle: FeedVehicle, feedTime: number): TransitDevice | null => {
  const { label = '', plate = '' } = vehicle
  const id = [vehicle.id, vehicle.label, vehicle.trip].find((name) => name !== undefined && isName(name))
  const t = (vehicle.timestamp || feedTime) * 1000
  if (id === undefined || !(t > 0)) return null
  const fix = fixOf(vehicle, t)
  const attributes = attributesOf(vehicle)
  return {
    id,
    t,
    report: { ...(fix && { fixes: [fix] }), ...(Object.keys(attributes).length > 0 && { attributes }) },
    description: {
      ...(label !== '' && { name: label.slice(0, MOST_LETTERS).toWellFormed() }),
      ...(plate !== '' && { attributes: { plate: plate.slice(0, MOST_LETTERS).toWellFormed() } }),
    },
  }
}
