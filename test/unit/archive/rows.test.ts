import { constantFrom, double, integer, oneof, option, property, record, tuple, assert as verify } from 'fast-check'
import { expect, test } from 'vitest'
import { areaOf, blocksOf, isIn, tilesOf } from '../../../archive/sql/area.ts'
import { candleOf, candleValues } from '../../../archive/sql/candle-rows.ts'
import { COLUMNS, type WithColumns } from '../../../archive/sql/columns.ts'
import { fixRowOf, fixValues } from '../../../archive/sql/fix-rows.ts'
import type { Candles, Fixes } from '../../../archive/sql/schema.ts'
import { tileOf } from '../../../archive/sql/tiles.ts'
import { MINUTE } from '../../../wire/market.ts'

/** Any number, and more of those that people write. */
const any = oneof(
  double({ noNaN: true, noDefaultInfinity: true }),
  tuple(integer(), constantFrom(1, 10, 100, 1e5, 1e7, 1e8, 3)).map(([whole, power]) => whole / power),
).map((x) => x + 0)
const degrees = (most: number) =>
  oneof(
    double({ min: -most, max: most, noNaN: true }),
    integer({ min: -most * 1e6, max: most * 1e6 }).map((x) => x / 1e6),
  ).map((x) => x + 0)
const id = integer({ min: 1, max: 2 ** 31 - 1 }).map((x) => x * 4_194_304)
const time = integer({ min: 0, max: 3e7 }).map((x) => x * MINUTE)

const row = <T>(table: WithColumns, values: readonly unknown[]): T =>
  Object.fromEntries(COLUMNS[table].map(({ name }, i) => [name, values[i]])) as T

test('a candle comes back from its row as it was, whatever its numbers', () => {
  const candle = record({
    t: time,
    open: any,
    high: any,
    low: any,
    close: any,
    volume: any,
    count: integer({ min: 1 }),
    first: tuple(time, id),
    last: tuple(time, id),
  })
  verify(
    property(candle, (each) => {
      expect(candleOf(row<Candles>('minutes', candleValues(7, each)))).toEqual(each)
    }),
  )
})

test('a fix comes back from its row as it was, whatever its numbers', () => {
  const fix = record(
    {
      id: constantFrom('a'),
      n: id,
      t: time,
      lat: degrees(90),
      lon: degrees(180),
      speed: any,
      heading: degrees(360),
      battery: any,
      route: constantFrom('', '7', 'Ä'),
      parked: constantFrom(true as const),
      doubtful: constantFrom(true as const),
      readings: record({ fuel: any }),
    },
    { requiredKeys: ['id', 'n', 't', 'lat', 'lon'] },
  )
  verify(
    property(fix, time, (each, at) => {
      expect(fixRowOf('a', row<Fixes>('fixes', fixValues(7, { fix: each, at })))).toEqual({ fix: each, at })
    }),
  )
})

test('whatever lies in an area lies in one of its tiles and blocks, wherever that is on the map', () => {
  const sides = tuple(
    degrees(180),
    degrees(85),
    oneof(double({ min: 0, max: 0.5, noNaN: true }), double({ min: 0, max: 300, noNaN: true })),
    option(constantFrom(-360, 360)),
  )
  const share = double({ min: 0, max: 1, noNaN: true })
  verify(
    property(sides, share, share, ([west, south, size, around], x, y) => {
      const shift = around ?? 0
      const area = areaOf({ west: west + shift, south, east: west + shift + size, north: south + size })
      const lon = west + x * size
      const place = { lat: south + y * size, lon: lon > 180 ? lon - 360 : lon }
      if (!isIn(area, place)) return // at the very edge, where 360 degrees more or less make a difference
      const tile = tileOf(place.lat, place.lon)
      const tiles = tilesOf(area)
      if (tiles) expect(tiles).toContain(tile)
      const blocks = blocksOf(area)
      expect(blocks.length).toBeLessThanOrEqual(128)
      expect(blocks.some(([first, end]) => tile >= first && tile < end)).toBe(true)
    }),
  )
  const world = blocksOf(areaOf({ west: -500, south: -90, east: 500, north: 90 }))
  expect(world.some(([first, end]) => first <= tileOf(85, -180) && end > tileOf(85, -180))).toBe(true)
  expect(world.length).toBeLessThanOrEqual(128)
  expect(isIn(areaOf({ west: 539, south: -1, east: 541, north: 1 }), { lat: 0, lon: 180 })).toBe(true)
  expect(isIn(areaOf({ west: 539, south: -1, east: 541, north: 1 }), { lat: 0, lon: 178.9 })).toBe(false)
})
