import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedVehicle } from '../../../../../formats/gtfs-realtime.ts'
import { STALE_MS, vehicleOf } from '../../../../../server/devices/doors/gtfs-devices.ts'
import { readFeed, readVehicle } from '../../../../../server/devices/doors/gtfs-read.ts'
import { deviceOf } from '../../../../../server/devices/doors/gtfs-vehicles.ts'
import { createFeedWriter } from '../../../../../server/devices/doors/gtfs-write.ts'
import type { Fix, Life } from '../../../../../wire/fleet.ts'
import { decodeFeed, type TestVehicle, writeFeed } from '../../../../support/gtfs.ts'

const T = Date.UTC(2026, 10, 30, 12) / 1000
const WHOLE: TestVehicle = {
  trip: {
    trip_id: 't1',
    route_id: '14',
    start_date: '20261130',
    start_time: '11:40:00',
    schedule_relationship: 'ADDED',
    direction_id: 1,
  },
  position: { latitude: 30.25, longitude: -97.75, bearing: 90.5, odometer: 12_345, speed: 7.25 },
  current_stop_sequence: 7,
  current_status: 'STOPPED_AT',
  timestamp: T - 5,
  stop_id: 's9',
  vehicle: { id: 'BUS-1', label: 'One', license_plate: 'TX 1' },
  occupancy_status: 'FEW_SEATS_AVAILABLE',
  occupancy_percentage: 60,
}

const read = (...vehicles: TestVehicle[]): (FeedVehicle | null | undefined)[] => {
  const bytes = writeFeed({
    header: { gtfs_realtime_version: '2.0', timestamp: T },
    entity: vehicles.map((vehicle, i) => ({ id: `e${i}`, vehicle })),
  })
  const feed = readFeed(bytes)
  expect(feed?.timestamp).toBe(T)
  return feed?.entities.map(readVehicle) ?? []
}
const device = (vehicle: TestVehicle, feedTime = T) => {
  const [found] = read(vehicle)
  return found ? deviceOf(found, feedTime) : null
}

describe('vehicles of a feed', () => {
  it('become devices, by all that the feed tells', () => {
    expect(device(WHOLE)).toEqual({
      id: 'BUS-1',
      t: (T - 5) * 1000,
      description: { name: 'One', attributes: { plate: 'TX 1' } },
      report: {
        fixes: [
          {
            t: (T - 5) * 1000,
            lat: 30.25,
            lon: -97.75,
            speed: 7.25,
            heading: 90.5,
            route: '14',
            readings: { odometer: 12_345, occupancy: 60 },
          },
        ],
        attributes: {
          trip: 't1',
          trip_date: '20261130',
          trip_time: '11:40:00',
          trip_schedule: 'added',
          direction: 1,
          stop: 's9',
          stop_sequence: 7,
          stop_status: 'stopped_at',
          occupancy: 'few_seats_available',
        },
      },
    })
  })

  it('are known by their id, else their label, else their trip', () => {
    const { vehicle: _, ...nameless } = WHOLE
    expect(device({ ...WHOLE, vehicle: { label: 'One' } })?.id).toBe('One')
    expect(device({ ...WHOLE, vehicle: { id: '', label: '{"' } })?.id).toBe('t1')
    expect(device(nameless)?.id).toBe('t1')
    expect(device({ position: { latitude: 1, longitude: 2 }, timestamp: T })).toBe(null)
  })

  it('have a clock each; where one tells none, that of the feed counts', () => {
    const { timestamp: _, ...timeless } = WHOLE
    expect(device(timeless)?.t).toBe(T * 1000)
    expect(device(timeless, 0)).toBe(null)
  })

  it('without a position were heard, and are nowhere', () => {
    const { position: _, ...placeless } = WHOLE
    expect(device(placeless)?.report).toEqual({ attributes: expect.objectContaining({ trip: 't1' }) })
  })

  it('other entities are left out, and those that were deleted', () => {
    const bytes = writeFeed({
      header: { gtfs_realtime_version: '2.0', timestamp: T },
      entity: [
        { id: 'a', trip_update: Uint8Array.of(1, 2, 3) },
        { id: 'b', is_deleted: true, vehicle: WHOLE },
      ],
    })
    expect(readFeed(bytes)?.entities.map(readVehicle)).toEqual([undefined, undefined])
  })

  it('what is no feed is told apart from an empty one, and nothing that comes makes it throw', () => {
    expect(readFeed(Buffer.from('<html>not here</html>'))).toBe(null)
    const whole = writeFeed({ header: { gtfs_realtime_version: '2.0' }, entity: [{ id: 'a', vehicle: WHOLE }] })
    expect(readFeed(whole.subarray(0, whole.length - 1))).toBe(null)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, at) => {
        readFeed(noise)
        readVehicle(noise)
        const spoilt = Buffer.concat([whole.subarray(0, at % whole.length), noise])
        for (const entity of readFeed(spoilt)?.entities ?? []) readVehicle(entity)
      }),
    )
  })
})

const FIX: Fix = { id: 'BUS-1', n: 1, t: (T - 5) * 1000, lat: 30.25, lon: -97.75 }

describe('devices of the floor', () => {
  const written = (fix: Fix, life: Life | null = null, description = {}, madeAt = T * 1000) => {
    const vehicle = vehicleOf(fix, life, description, madeAt)
    const writer = createFeedWriter(madeAt / 1000)
    if (vehicle) writer.add([vehicle])
    return decodeFeed(writer.finish())
  }

  it('are vehicles of a feed that somebody else can read', () => {
    expect(written(FIX)).toEqual({
      header: { gtfs_realtime_version: '2.0', incrementality: 'FULL_DATASET', timestamp: T },
      entity: [
        {
          id: 'BUS-1',
          vehicle: {
            position: { latitude: 30.25, longitude: -97.75 },
            timestamp: T - 5,
            vehicle: { id: 'BUS-1' },
          },
        },
      ],
    })
  })

  it('come out as they came in', () => {
    const came = device(WHOLE)
    const [fix] = came?.report.fixes ?? []
    const life = { heard: T * 1000, attributes: came?.report.attributes ?? {} }
    const feed = written({ ...FIX, ...fix }, life, came?.description)
    expect(feed.entity).toEqual([{ id: 'BUS-1', vehicle: WHOLE }])
  })

  it('are left out where nobody knows where they are now, and never newer than the feed', () => {
    expect(written({ ...FIX, t: T * 1000 - STALE_MS - 1 }).entity).toEqual([])
    expect(written({ ...FIX, t: T * 1000 - STALE_MS }).entity).toHaveLength(1)
    expect(written({ ...FIX, t: T * 1000 + 60_000 }).entity[0]?.vehicle?.timestamp).toBe(T)
  })

  it('attributes that mean something else here are left out', () => {
    const attributes = {
      trip_date: 'today',
      trip_time: 'noon',
      trip_schedule: 'x',
      direction: 7,
      stop_status: 'x',
      occupancy: true,
    }
    const { trip: _, ...vehicle } = written(FIX, { heard: 1, attributes }).entity[0]?.vehicle ?? {}
    expect(vehicle).toEqual(written(FIX).entity[0]?.vehicle)
  })

  it('any of them can be read again', () => {
    const text = fc.string({ maxLength: 20 })
    const fix = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
      speed: fc.double({ min: 0, max: 100, noNaN: true }),
      heading: fc.double({ min: 0, max: 360, noNaN: true }),
      route: text,
    })
    fc.assert(
      fc.property(fix, text, text, (some, trip, name) => {
        const [entity] = written({ ...FIX, ...some }, { heard: 1, attributes: { trip } }, { name }).entity
        expect(entity?.vehicle?.position?.latitude).toBe(Math.fround(some.lat))
        expect(entity?.vehicle?.position?.speed).toBe(Math.fround(some.speed))
        expect(entity?.vehicle?.trip?.trip_id ?? '').toBe(trip)
        expect(entity?.vehicle?.vehicle?.label ?? '').toBe(name)
      }),
    )
  })
})
