import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeInCell, publishFixes } from '../../../wire/calls.ts'
import { cellBounds, cellOf } from '../../../wire/cells.ts'
import { clamp } from '../../../wire/clamp.ts'
import { type Fix, MAX_LATITUDE } from '../../../wire/fleet.ts'
import { deviceTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { evenly } from '../../unit/wire/arbitraries.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

type Position = { lat: number; lon: number }
const AUSTIN = { lat: 30.2672, lon: -97.7431 }
const fix = (more: Partial<Fix> = {}): Fix => ({ id: 'BUS', n: 1, t: BASE, ...AUSTIN, ...more })

const anywhere = fc.record({ lat: evenly(-MAX_LATITUDE, MAX_LATITUDE), lon: evenly(-180, 180) })
const nudge = fc.constantFrom(-1e-9, -1e-12, -1e-14, 0, 1e-14, 1e-12, 1e-9)
/** On a corner of some cell, or a hair beside it. */
const border: fc.Arbitrary<Position> = fc.tuple(anywhere, nudge, nudge).map(([{ lat, lon }, up, right]) => {
  const { north, west } = cellBounds(cellOf(lat, lon))
  return { lat: clamp(north + up, -MAX_LATITUDE, MAX_LATITUDE), lon: clamp(west + right, -180, 180) }
})

/** The cells in which Redis places devices, each new, at these positions. */
const placedIn = async (positions: readonly Position[]): Promise<string[]> => {
  const calls = positions.map((position) => {
    const id = floor.fresh('at')
    return publishFixes(id, [fix({ id, ...position })])
  })
  return (await floor.runAll(calls)).map((answer) => toReply(answer).rest[1] ?? '')
}

test('Redis finds the same cell as wire/cells for any position', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anywhere, { minLength: 50, maxLength: 100 }), async (positions) => {
      expect(await placedIn(positions)).toEqual(positions.map(({ lat, lon }) => cellOf(lat, lon)))
    }),
    { numRuns: 20 },
  )
})

const touches = (cell: string, { lat, lon }: Position): boolean => {
  const { west, east, south, north } = cellBounds(cell)
  const turned = lon > 180 - 1e-8 && west < 0 ? lon - 360 : lon
  return lat > south - 1e-8 && lat < north + 1e-8 && turned > west - 1e-8 && turned < east + 1e-8
}

test('on the border of cells both find one of them that touches the position, nearly always the same', async () => {
  let [same, all] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(border, { minLength: 50, maxLength: 100 }), async (positions) => {
      for (const [i, cell] of (await placedIn(positions)).entries()) {
        const { lat, lon } = positions[i] ?? AUSTIN
        expect(touches(cell, { lat, lon })).toBe(true)
        expect(touches(cellOf(lat, lon), { lat, lon })).toBe(true)
        all++
        if (cell === cellOf(lat, lon)) same++
      }
    }),
    { numRuns: 20 },
  )
  expect(same / all).toBeGreaterThan(0.9)
})

const corners: [number, number][] = [
  [0, 0],
  [0, 180],
  [0, -180],
]
for (const lat of [MAX_LATITUDE, -MAX_LATITUDE]) for (const lon of [-180, 0, 180]) corners.push([lat, lon])

test.each(corners)('%d, %d is a position, and can be placed', async (lat, lon) => {
  const id = floor.fresh('corner')
  const [, , accepted, , text, cell] = (await floor.run(publishFixes(id, [fix({ id, lat, lon })]))) as string[]
  expect([accepted, cell, JSON.parse(text ?? '')]).toEqual([1, cellOf(lat, lon), fix({ id, lat, lon })])
  expect(await floor.run(placeInCell(cell ?? '', [text ?? '']))).toMatchObject({ 2: 1 })
})

const wrong: [reason: string, place: number, values: (string | number)[]][] = [
  ['n', 0, [0, -1, 1.5, '', 'NaN', 2 ** 53, '0x1']],
  ['time', 1, [0, Date.UTC(2000, 0, 1) - 1, Date.now() + 60 * 60_000, BASE + 0.5, '', 'NaN']],
  ['latitude', 2, [85.06, -85.06, 90, 'NaN', '', '0x1', 'inf', 85.0511288]],
  ['longitude', 3, [181, -180.0001, 'NaN', '', 540, '-inf']],
]

test('each wrong value of a fix is refused at its place for its reason; a fix beside it is taken', async () => {
  const id = floor.fresh('bad')
  const listener = await floor.listen(deviceTopic(id))
  const good = publishFixes(id, [fix({ id })]).args
  const bad = wrong.flatMap(([reason, place, values]) =>
    values.map((value) => ({ reason, args: good.with(place, value) })),
  )
  const call = publishFixes(id, [])
  for (const { reason, args } of bad)
    expect(toReply(await floor.run({ ...call, args })), `${args}`).toMatchObject({
      seq: 0,
      rest: ['', '', '', `0:${reason}`],
    })
  expect(await floor.redis.exists(topicKey(deviceTopic(id)))).toBe(0)
  const all = toReply(await floor.run({ ...call, args: [...bad.flatMap(({ args }) => args), ...good] }))
  expect(all.rest.slice(3)).toEqual(bad.map(({ reason }, i) => `${i}:${reason}`))
  expect(await listener.updates()).toMatchObject([{ seq: 1, fixes: [fix({ id })] }])
})

const odd: [field: 'speed' | 'heading' | 'battery', place: number, values: (string | number)[]][] = [
  ['speed', 4, [-1, 1000.1, 'NaN', 'fast', ' ', 'inf']],
  ['heading', 5, [-1, -0.1, 360.5, 'N']],
  ['battery', 6, [-0.1, 1.1, '50%', -1]],
]

test('a fix keeps its position where another value cannot be: that value is left out', async () => {
  const whole = fix({ speed: 3, heading: 90, battery: 0.5 })
  for (const [field, place, values] of odd)
    for (const value of values) {
      const id = floor.fresh('odd')
      const args = publishFixes(id, [{ ...whole, id }]).args.with(place, value)
      const reply = toReply(await floor.run({ ...publishFixes(id, []), args }))
      const { [field]: _, ...rest } = whole
      expect([reply.accepted, JSON.parse(reply.rest[0] ?? '')], `${field} ${value}`).toEqual([1, { ...rest, id }])
    }
})

const routeOf = async (route: string | Buffer): Promise<string | undefined> => {
  const id = floor.fresh('route')
  const { name, keys, args } = publishFixes(id, [fix({ id })])
  const reply = await floor.redis.callBuffer('FCALL', name, keys.length, ...keys, ...args.slice(0, 7), route)
  const text = (reply as Buffer[])[4]?.toString() ?? ''
  const [update] = await floor.redis.xrange(topicPart(deviceTopic(id), 'track'), '-', '+')
  expect(JSON.parse(update?.[1][1] ?? '').fixes).toEqual([JSON.parse(text)])
  return (JSON.parse(text) as Fix).route
}

test('a route is any text, cut at 64 bytes but never within a letter; what is no text is left out', async () => {
  for (const route of ['Línea 5', '"7"', 'a\\b', '{}', '<b>', 'a\nb', '路線 7 🚌', '801/N', ' '])
    expect(await routeOf(route)).toBe(route)
  expect(await routeOf('x'.repeat(70))).toBe('x'.repeat(64))
  expect(await routeOf('é'.repeat(40))).toBe('é'.repeat(32))
  expect(await routeOf(`${'x'.repeat(63)}é`)).toBe('x'.repeat(63))
  for (const bytes of [
    [0xff],
    [0xc3],
    [0x61, 0xc3, 0x28],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe0, 0xc3, 0xa9, 0xa0, 0x80],
  ])
    expect(await routeOf(Buffer.from(bytes)), `${bytes}`).toBeUndefined()
})
