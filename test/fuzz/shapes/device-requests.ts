import fc from 'fast-check'
import { anyText, oddNumber } from './bytes.ts'
import { anyJson, editedJson, type Json } from './json.ts'

/** Stands for the key of the device that the fuzzer may speak for: it is put in when a case is run. */
export const RIGHT_KEY = 'the-right-key'
/** That device, and one that there never was. Nobody watches them. */
export const FUZZED = 'fuzz-door'
const id = fc.oneof(
  { weight: 8, arbitrary: fc.constant(FUZZED) },
  fc.constantFrom('fuzz-nobody', '', '..', 'LIVE0'),
  anyText,
)
export const key = fc.oneof(
  { weight: 8, arbitrary: fc.constant(RIGHT_KEY) },
  fc.constantFrom('', 'x', 'A'.repeat(32), 'A'.repeat(3000), `${RIGHT_KEY}x`, '__proto__', '%00'),
  anyText,
)

const some = { requiredKeys: [] as never[] }
const near = <T>(...likely: T[]) => fc.constantFrom(...likely)
const number = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: -200, max: 200, noNaN: true }) },
  near(0, -1, 1e300, 2 ** 53, 0.1),
)
/** In the middle of the Pacific, and where no device can be. */
const lat = fc.oneof({ weight: 6, arbitrary: near(0.5, 0.501) }, near(90, -90, 91, 85.06, 1e300))
const lon = fc.oneof({ weight: 6, arbitrary: near(-160.5, -160.501) }, near(180, -180, 181, 540))
const time = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 3_600_000 }).map((ago) => 1_796_000_000_000 - ago) },
  near(0, -1, 0.5, 1_796_000_000, 1e300, 253_402_300_799_000),
)
const word = fc.oneof(near('fuel', 'door', 'Fuel', '__proto__', 'x'.repeat(25), ''), anyText)
const fix = fc.record(
  {
    n: fc.oneof(fc.nat({ max: 1000 }), near(-1, 0.5, 2 ** 53)),
    t: time,
    lat,
    lon,
    speed: number,
    heading: number,
    battery: number,
    route: word,
    parked: fc.boolean(),
    readings: fc.dictionary(word, number, { maxKeys: 20 }),
  },
  { requiredKeys: ['t', 'lat', 'lon'] },
)
const many = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.array(each, { maxLength: 5 }) },
    fc.tuple(each, near(200, 201, 2000)).map(([one, times]) => new Array<T>(times).fill(one)),
  )
const report = fc.record(
  {
    fixes: many(fix),
    parked: fc.boolean(),
    every: number,
    takes: fc.array(fc.oneof(near('stop', 'message'), anyText), { maxLength: 40 }),
    attributes: fc.dictionary(word, fc.oneof(anyText, number, fc.boolean()), { maxKeys: 20 }),
  },
  some,
)
const commandId = fc.oneof(near('1', 'a-b', 'fuzz.1'), near('', ' ', 'x'.repeat(65)), anyText)
const answer = fc.record(
  {
    id: commandId,
    state: near('acknowledged', 'done', 'failed', 'refused', 'queued', 'cancelled', ''),
    reason: anyText,
    answer: anyText,
  },
  { requiredKeys: ['id', 'state'] },
)

/** What a device sends, right or nearly, by its event. */
export const DEVICE_REQUESTS = { report, answer } as unknown as Record<'report' | 'answer', fc.Arbitrary<Json>>

/** A request to a door, before the key and what depends on it are put in. `type`: of its body; null where it has none. */
export type DoorRequest = { path: string; headers: string[]; type: string | null; body: string }

const value = fc.oneof(
  { weight: 4, arbitrary: near('0.5', '-160.5', '1796000000', '2026-11-30T12:00:00Z', '5', '90', 'true', FUZZED) },
  oddNumber,
  anyText.map((text) => text.toWellFormed()),
)
const QUERY = ['id', 'deviceid', 'lat', 'lon', 'location', 'timestamp', 'speed', 'bearing', 'altitude', 'hdop', 'batt']
const query = fc
  .array(fc.tuple(near(...QUERY, 'key', 'charge', 'valid', 'fuel', '__proto__'), value), { maxLength: 14 })
  .map((pairs) => new URLSearchParams([['id', FUZZED], ['lat', '0.5'], ['lon', '-160.5'], ...pairs]).toString())
const traccar = fc.record({
  device_id: id,
  location: fc.record(
    {
      timestamp: near('2026-11-30T12:00:00.000Z', '', 'x', '2026-13-40'),
      coords: fc.record({ latitude: lat, longitude: lon, accuracy: number, speed: number, heading: number }, some),
      is_moving: fc.boolean(),
      battery: fc.record({ level: number, is_charging: fc.boolean() }, some),
      extras: fc.dictionary(word, anyText, { maxKeys: 5 }),
    },
    some,
  ),
}) as unknown as fc.Arbitrary<Json>
const owntracks = fc.record(
  {
    _type: near('location', 'transition', 'waypoints', 'lwt', 'encrypted', 'card', 'x'),
    tst: time.map((t) => Math.floor(t / 1000)),
    lat,
    lon,
    acc: number,
    vel: number,
    batt: number,
    topic: fc.oneof(near(`owntracks/${FUZZED}/phone`, 'owntracks//', 'x'), anyText),
  },
  { requiredKeys: ['_type'] },
) as unknown as fc.Arbitrary<Json>
const device = fc
  .tuple(report, fc.array(answer, { maxLength: 5 }), id)
  .map(([said, answers, own]) => ({ ...said, id: own, answers })) as unknown as fc.Arbitrary<Json>

const JSON_TYPE = 'application/json'
const body = (shape: fc.Arbitrary<Json>) => fc.oneof({ weight: 6, arbitrary: editedJson(shape) }, anyJson)
const inPath = key.map((text) => encodeURIComponent(text.toWellFormed()))
const login = key.map((text) => Buffer.from(`${FUZZED}:${text}`).toString('base64'))

/** Requests as the apps of phones and trackers send them, right or nearly. */
export const doorRequest: fc.Arbitrary<DoorRequest> = fc.oneof(
  fc.tuple(inPath, query).map(([at, text]) => ({ path: `/in/${at}?${text}`, headers: [], type: null, body: '' })),
  fc.tuple(inPath, query).map(([at, text]) => ({
    path: `/in/${at}`,
    headers: [],
    type: 'application/x-www-form-urlencoded',
    body: text,
  })),
  fc.tuple(inPath, query).map(([at, text]) => ({ path: `/in?key=${at}&${text}`, headers: [], type: null, body: '' })),
  fc
    .tuple(inPath, body(traccar))
    .map(([at, json]) => ({ path: `/in/${at}`, headers: [], type: JSON_TYPE, body: json })),
  fc.tuple(inPath, body(owntracks)).map(([at, json]) => ({
    path: `/in/owntracks/${at}`,
    headers: [`X-Limit-U: ${FUZZED}`, 'X-Limit-D: phone'],
    type: JSON_TYPE,
    body: json,
  })),
  fc.tuple(login, body(owntracks)).map(([text, json]) => ({
    path: '/in/owntracks',
    headers: [`Authorization: Basic ${text}`],
    type: JSON_TYPE,
    body: json,
  })),
  fc.tuple(key, body(device)).map(([text, json]) => ({
    path: '/in/device',
    headers: [`Authorization: Bearer ${text.replaceAll(/[\r\n\0]/g, '')}`],
    type: JSON_TYPE,
    body: json,
  })),
)
