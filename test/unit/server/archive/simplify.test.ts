import { expect, test } from 'vitest'
import { createSimplifier } from '../../../../server/archive/simplify.ts'
import type { Fix } from '../../../../wire/fleet.ts'
import { work } from './stand-in.ts'

const at = (n: number, lat: number, lon: number, more: Partial<Fix> = {}): { fix: Fix } => ({
  fix: { id: 'BUS', n, t: n * 1000, lat, lon, ...more },
})
const simplify = async (rows: readonly { fix: Fix }[], zoom: number, most = 2000) => {
  const simplifier = createSimplifier(zoom, most)
  for (const row of rows.toReversed()) simplifier.add(row)
  const { fixes, zoom: level } = await simplifier.end(work)
  return { numbers: fixes.map(({ fix }) => fix.n), zoom: level }
}

test('a straight way needs its ends only, a corner is kept, and so is where it ends', async () => {
  const street = Array.from({ length: 100 }, (_, i) => at(i + 1, 30, -97 + i * 0.001))
  expect((await simplify(street, 15)).numbers).toEqual([1, 100])
  const around = Array.from({ length: 100 }, (_, i) => at(101 + i, 30 + i * 0.001, -97 + 99 * 0.001))
  expect((await simplify([...street, ...around], 15)).numbers).toHaveLength(3)
  expect((await simplify([at(1, 30, -97), at(2, 30, -97)], 10)).numbers).toEqual([1, 2])
})

test('what nobody can tell apart at a zoom is told apart at a larger one', async () => {
  const zigzag = Array.from({ length: 50 }, (_, i) => at(i + 1, 30 + (i % 2) * 0.0002, -97 + i * 0.0002))
  expect((await simplify(zigzag, 5)).numbers).toEqual([1, 50])
  expect((await simplify(zigzag, 19)).numbers).toHaveLength(50)
})

test('a track across the edge of the map is no way around the world', async () => {
  const ferry = Array.from({ length: 20 }, (_, i) => at(i + 1, 0, i < 10 ? 179 + i * 0.1 : -181 + i * 0.1))
  expect((await simplify(ferry, 12)).numbers).toEqual([1, 20])
})

test('no answer has more points than it may: the zoom is smaller then, and the whole way is there', async () => {
  const road = Array.from({ length: 5000 }, (_, i) => at(i + 1, 30 + i * 0.001, -97 + Math.sin(i / 7) * 0.01))
  const { numbers, zoom } = await simplify(road, 19, 500)
  expect(zoom).toBeLessThan(19)
  expect(zoom).toBeGreaterThan(6)
  expect(numbers.length).toBeGreaterThan(100)
  expect(numbers.length).toBeLessThanOrEqual(500)
  expect(numbers.at(-1)).toBe(5000)
  expect(numbers[0]).toBe(1)
})

test('doubtful fixes are no part of the line, and nothing comes of nothing', async () => {
  expect((await simplify([at(1, 30, -97), at(2, 50, 9, { doubtful: true }), at(3, 30.1, -97)], 10)).numbers).toEqual([
    1, 3,
  ])
  expect(await simplify([], 10)).toEqual({ numbers: [], zoom: 10 })
})
