import { expect, test } from 'vitest'
import { readOsmAnd } from '../../../server/devices/doors/osmand.ts'
import { readOwnTracks } from '../../../server/devices/doors/owntracks.ts'
import { readTraccar } from '../../../server/devices/doors/traccar.ts'
import { DOOR_REQUESTS, doorRequest } from '../../support/door-requests.ts'

/** What the requests of real clients say. */

const T = 1_718_000_000_000
const PLACE = { lat: 48.208176, lon: 16.373819 }
const FINE = { lat: 48.2081763, lon: 16.3738189 }

const OSMAND: Record<string, object> = {
  'osmand-app': {
    fixes: [{ t: T + 123, ...PLACE, speed: 8.25, heading: 93.5, readings: { accuracy: 4.2, altitude: 171 } }],
  },
  'traccar-8-android': {
    fixes: [
      {
        ...{ t: T, ...FINE, speed: 8.25, heading: 93.5, battery: 0.87 },
        readings: { accuracy: 4.288000106811523, altitude: 171.3 },
      },
    ],
  },
  'traccar-8-android-alarm': {
    fixes: [{ t: T + 300_000, ...FINE, speed: 0, heading: 0, battery: 0.86, readings: { altitude: 171.3 } }],
    attributes: { mock: true, alarm: 'sos' },
  },
  'traccar-8-ios': {
    fixes: [{ t: T, ...PLACE, battery: 0.55, readings: { accuracy: 65, altitude: 171.25, charging: 1 } }],
  },
  'osmand-form': {
    fixes: [{ t: T, ...PLACE, speed: 0, heading: 270, readings: { hdop: 0.9, fuel: 61.5, ignition: 1 } }],
    attributes: { driverUniqueId: 'D-17', cell: '232,1,12,3456' },
  },
  'osmand-iso': { fixes: [{ t: T + 500, ...PLACE, battery: 1 }] },
  'osmand-sign-of-life': { attributes: { battery: 0.42, sensor: 'open' } },
}

const TRACCAR: Record<string, object> = {
  'traccar-9-android': {
    fixes: [
      {
        ...{ t: T + 250, ...FINE, speed: 8.25, heading: 93.5, battery: 0.87 },
        readings: { accuracy: 4.3, altitude: 171.3, charging: 0, odometer: 12034.5 },
      },
    ],
    parked: false,
    attributes: { activity: 'in_vehicle' },
  },
  'traccar-9-ios-parked': {
    fixes: [
      {
        ...{ t: T + 400_000, lat: 48.21, lon: 16.37, parked: true },
        readings: { accuracy: 12, altitude: 170, charging: 1, odometer: 12990 },
      },
    ],
    parked: true,
    attributes: { activity: 'still', alarm: 'sos', event: 'motionchange' },
  },
  'traccar-9-heartbeat': {
    parked: true,
    attributes: { battery: 0.8, charging: 0, event: 'heartbeat', heartbeat: true },
  },
}

const said = { topic: 'owntracks/van-7/phone', isReply: false, entered: [] }
const bare = { topic: null, report: {}, isReply: false, entered: [] }
const OWNTRACKS: Record<string, object> = {
  'owntracks-android-location': {
    ...said,
    report: {
      fixes: [
        {
          ...{ t: T, ...PLACE, speed: 8.33, heading: 94, battery: 0.87 },
          readings: { accuracy: 14, altitude: 205, vertical_accuracy: 3, charging: 0 },
        },
      ],
      parked: false,
      attributes: { BSSID: '4c:66:41:2a:00:01', SSID: 'Depot', conn: 'm', tid: 'v7', inregions: 'Depot, Vienna' },
    },
  },
  'owntracks-ios-location': {
    ...bare,
    report: {
      fixes: [{ t: T, ...PLACE, battery: 0.64, parked: true, readings: { pressure: 98.6, charging: 1 } }],
      parked: true,
      attributes: { tid: 'PH', conn: 'w' },
    },
  },
  'owntracks-android-reply': {
    ...said,
    isReply: true,
    report: {
      fixes: [
        {
          ...{ t: T + 699_000, lat: 48.2082, lon: 16.374, battery: 0.86, parked: true },
          readings: { accuracy: 20, charging: 0 },
        },
      ],
      parked: true,
      attributes: { conn: 'w', tid: 'v7' },
    },
  },
  'owntracks-android-transition': {
    ...said,
    topic: 'owntracks/van-7/phone/event',
    report: { attributes: { event: 'enter', region: 'Destination' } },
    entered: [1_718_009_999],
  },
  'owntracks-ios-waypoints': bare,
  'owntracks-ios-card': bare,
  'owntracks-empty': bare,
  'owntracks-lwt': { ...bare, report: null },
  'owntracks-encrypted': { wrong: expect.stringContaining('encrypted') },
}

const load = (name: string) => doorRequest(name, { host: 'floor.example', key: 'k' })

test.each(Object.keys(OSMAND))('%s is read as its client means it', (name) => {
  const { target, body } = load(name)
  const query = target.split('?')[1] ?? ''
  const read = readOsmAnd(new URLSearchParams(query === '' ? body : query), Date.UTC(2026, 0))
  expect(read).toEqual({ id: 'van-7', report: OSMAND[name] })
})

test.each(Object.keys(TRACCAR))('%s is read as its client means it', (name) => {
  expect(readTraccar(load(name).body)).toEqual({ id: 'van-7', report: TRACCAR[name] })
})

test.each(Object.keys(OWNTRACKS))('%s is read as its client means it', (name) => {
  expect(readOwnTracks(load(name).body)).toEqual(OWNTRACKS[name])
})

test('every request that there is is read here', () => {
  const read = [OSMAND, TRACCAR, OWNTRACKS].flatMap(Object.keys)
  expect([...read, 'own-program'].sort()).toEqual([...DOOR_REQUESTS].sort())
})
