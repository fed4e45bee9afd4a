import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeviceRow, DevicesReply } from '../../wire/api.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'
import { decodeFeed, type TestFeed, type TestVehicle, writeFeed } from '../support/gtfs.ts'
import { hasValidator, NO_VALIDATOR, validate } from '../support/gtfs-validator.ts'

const NOW = Math.floor(Date.now() / 1000)
const TODAY = new Date().toISOString().slice(0, 10).replaceAll('-', '')
const bus = (id: string, more: TestVehicle = {}): TestVehicle => ({
  trip: { trip_id: `trip of ${id}`, route_id: '14', start_date: TODAY, schedule_relationship: 'SCHEDULED' },
  position: { latitude: 30.25, longitude: -97.75, bearing: 90 },
  timestamp: NOW - 30,
  vehicle: { id, label: `Bus ${id}`, license_plate: 'TX 1' },
  ...more,
})

let vehicles: TestVehicle[] = []
/** How often the feed was asked for, and how often that was answered by "as it was". */
const asked = { times: 0, same: 0 }
const agency = createServer((request, response) => {
  asked.times++
  const entity = vehicles.map((vehicle, i) => ({ id: String(i), vehicle }))
  const body = writeFeed({ header: { gtfs_realtime_version: '2.0', timestamp: NOW }, entity })
  const etag = `"${createHash('sha1').update(body).digest('hex')}"`
  if (request.headers['if-none-match'] === etag) {
    asked.same++
    response.writeHead(304).end()
  } else response.writeHead(200, { ETag: etag }).end(body)
})

let floor: FloorWithPeople
beforeAll(async () => {
  await new Promise<void>((resolve) => agency.listen(0, '127.0.0.1', resolve))
  const { port } = agency.address() as AddressInfo
  vehicles = [
    bus('b1'),
    bus('b2', { current_status: 'STOPPED_AT', current_stop_sequence: 2, stop_id: 's9', occupancy_status: 'FULL' }),
  ]
  const url = `http://127.0.0.1:${port}/vehicles.pb?key=hidden-word`
  floor = await startFloorWithPeople({ GTFS_URL: url, GTFS_EVERY_S: '1', GTFS_GROUP: 'agency', LOG_LEVEL: 'debug' })
})
afterAll(async () => {
  await floor.stop()
  agency.closeAllConnections()
  agency.close()
})

const rows = async (): Promise<DeviceRow[]> => {
  const response = await fetch(`${floor.open.url}/api/devices?limit=${100 + Math.floor(Math.random() * 400)}`)
  return ((await response.json()) as DevicesReply).devices
}
const feed = async (query = '', token?: string): Promise<TestFeed> => {
  const node = token === undefined ? floor.open : floor.closed
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const response = await fetch(`${node.url}/gtfs-rt/vehicle-positions${query}`, { headers })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-protobuf'])
  return decodeFeed(new Uint8Array(await response.arrayBuffer()))
}
const idsOf = ({ entity }: TestFeed): string[] => entity.map(({ id }) => id)

it('makes devices of the vehicles of a feed, by one node, and asks only for what has changed', async () => {
  await eventually('both are there', async () => (await rows()).length === 2)
  expect(await rows()).toMatchObject([
    { id: 'b1', name: 'Bus b1', group: 'agency', attributes: { plate: 'TX 1' }, last: { route: '14', heading: 90 } },
    {
      id: 'b2',
      life: { door: 'gtfs', attributes: { trip: 'trip of b2', stop_status: 'stopped_at', occupancy: 'full' } },
    },
  ])
  await eventually('it is asked again', () => asked.same >= 2)
  expect(asked.times - asked.same).toBe(1)
  vehicles = [
    bus('b1', { timestamp: NOW - 10, position: { latitude: 30.255, longitude: -97.75 } }),
    ...vehicles.slice(1),
  ]
  await eventually('it moved', async () => (await rows())[0]?.last?.lat === 30.255)
})

it('gives the floor as a feed that somebody else can read, as far as whoever asks may watch it', async () => {
  await floor.feed.fix({ id: 'van', n: 1, t: Date.now() - 1000, lat: 30.251, lon: -97.751 })
  await floor.feed.fix({ id: 'old', n: 1, t: Date.now() - 700_000, lat: 1, lon: 2 })
  await floor.feed.register({ id: 'van' }, { id: 'old' })
  const whole = await eventually('the van is in it', async () => {
    const found = await feed()
    return found.entity.length === 3 ? found : null
  })
  expect(idsOf(whole)).toEqual(['b1', 'b2', 'van'])
  expect(whole.header).toMatchObject({ gtfs_realtime_version: '2.0', incrementality: 'FULL_DATASET' })
  expect(whole.entity[1]?.vehicle).toEqual(vehicles[1])
  for (const { vehicle } of whole.entity) expect(vehicle?.timestamp).toBeLessThanOrEqual(whole.header.timestamp ?? 0)
  expect(idsOf(await feed('?group=agency'))).toEqual(['b1', 'b2'])
  expect(idsOf(await feed('', await floor.bearer('watch:d:b*')))).toEqual(['b1', 'b2'])
  expect(idsOf(await feed('', await floor.bearer('watch:d:van')))).toEqual(['van'])
  expect(idsOf(await feed('', await floor.bearer('say:m:desk')))).toEqual([])
  expect((await fetch(`${floor.closed.url}/gtfs-rt/vehicle-positions`)).status).toBe(401)
  expect((await fetch(`${floor.open.url}/gtfs-rt/vehicle-positions?group=A%20B`)).status).toBe(400)
  expect((await fetch(`${floor.open.url}/gtfs-rt/else`)).status).toBe(404)
  for (const { output } of [floor.open, floor.closed]) expect(output()).not.toContain('hidden-word')
})

/** The agency's own tables, as far as its vehicles mention them. */
const TABLES = {
  'agency.txt': 'agency_id,agency_name,agency_url,agency_timezone\nA,Agency,https://www.example.com,Etc/UTC\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\n14,A,14,3\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nS,1,1,1,1,1,1,1,20200101,20991231\n',
  'stops.txt': 'stop_id,stop_name,stop_lat,stop_lon\ns8,Eight,30.24,-97.75\ns9,Nine,30.25,-97.75\n',
  'trips.txt': 'route_id,service_id,trip_id\n14,S,trip of b1\n14,S,trip of b2\n',
  'stop_times.txt': `trip_id,arrival_time,departure_time,stop_id,stop_sequence\n${['b1', 'b2']
    .map((id) => `trip of ${id},08:00:00,08:00:00,s8,1\ntrip of ${id},08:10:00,08:10:00,s9,2\n`)
    .join('')}`,
}

it.skipIf(!hasValidator)(hasValidator ? 'a validator of such feeds finds nothing wrong' : NO_VALIDATOR, async () => {
  const response = await fetch(`${floor.open.url}/gtfs-rt/vehicle-positions`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(decodeFeed(bytes).entity.length).toBeGreaterThan(1)
  expect(await validate(bytes, TABLES)).toEqual([])
  // It would have said so.
  const { 'trips.txt': _, ...others } = TABLES
  const found = await validate(bytes, { ...others, 'trips.txt': 'route_id,service_id,trip_id\n14,S,trip of b1\n' })
  expect(found.map(({ code }) => code)).toContain('E003')
})
