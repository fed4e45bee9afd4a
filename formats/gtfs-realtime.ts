/*
 * GTFS-realtime 2.0 (gtfs.org/documentation/realtime/proto), as far as vehicle positions go: the numbers of fields and
 * the names of values, for those who read feeds and those who write them.
 */

/** `FeedMessage`, and what is in it down to a vehicle's position. */
export const FEED = { header: 1, entity: 2 } as const
export const HEADER = { version: 1, incrementality: 2, timestamp: 3 } as const
export const ENTITY = { id: 1, isDeleted: 2, vehicle: 4 } as const
export const VEHICLE_POSITION = {
  trip: 1,
  position: 2,
  stopSequence: 3,
  status: 4,
  timestamp: 5,
  stop: 7,
  vehicle: 8,
  occupancy: 9,
  occupancyPercent: 10,
} as const
export const TRIP = { id: 1, startTime: 2, startDate: 3, schedule: 4, route: 5, direction: 6 } as const
export const POSITION = { lat: 1, lon: 2, bearing: 3, odometer: 4, speed: 5 } as const
export const VEHICLE = { id: 1, label: 2, plate: 3 } as const

/** `ScheduleRelationship` of a trip, by its numbers; 4 was never given. */
export const SCHEDULES: Readonly<Record<number, string>> = {
  0: 'scheduled',
  1: 'added',
  2: 'unscheduled',
  3: 'canceled',
  5: 'replacement',
  6: 'duplicated',
  7: 'deleted',
  8: 'new',
}
/** `VehicleStopStatus`, in order of its numbers; where a vehicle says none it is in transit. */
export const STOP_STATUSES = ['incoming_at', 'stopped_at', 'in_transit_to'] as const
/** `OccupancyStatus`, in order of its numbers. */
export const OCCUPANCIES = [
  'empty',
  'many_seats_available',
  'few_seats_available',
  'standing_room_only',
  'crushed_standing_room_only',
  'full',
  'not_accepting_passengers',
  'no_data_available',
  'not_boardable',
] as const

/** A vehicle as a feed tells of it, in the feed's own words; times in Unix seconds, 0 where none is told. */
export type FeedVehicle = {
  /** Of the entity. */
  entity: string
  id?: string
  label?: string
  plate?: string
  trip?: string
  route?: string
  direction?: number
  startTime?: string
  startDate?: string
  schedule?: number
  lat?: number
  lon?: number
  bearing?: number
  odometer?: number
  speed?: number
  stop?: string
  stopSequence?: number
  status?: number
  occupancy?: number
  occupancyPercent?: number
  timestamp: number
}
