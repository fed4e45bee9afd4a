import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { cutRing } from '../../../web/state/antimeridian.ts'
import { boxOf } from '../../../web/state/clip.ts'
import { project } from '../../../web/state/mercator.ts'
import { type Countries, worldOf } from '../../../web/state/world.ts'

const load = (scale: string) =>
  worldOf(
    JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve(`world-atlas/countries-${scale}.json`), 'utf8'),
    ) as Countries,
  )
const ringOf = (...positions: [lon: number, lat: number][]): number[] =>
  positions.flatMap(([lon, lat]) => {
    const { x, y } = project(lat, lon)
    return [x, y]
  })
/** The longest way east or west of one edge, closing edge included, in degrees. */
const widestEdge = (points: readonly number[]): number => {
  const xs = points.filter((_, i) => i % 2 === 0)
  return 360 * Math.max(...xs.map((x, i) => Math.abs(x - (xs.at(i - 1) ?? x))))
}
/** What a ring covers of the grid, without regard to its direction. */
const areaOf = (points: readonly number[]): number => {
  let sum = 0
  for (let i = 0; i < points.length; i += 2) {
    const [x0 = 0, y0 = 0] = [points.at(i - 2), points.at(i - 1)]
    const [x1 = 0, y1 = 0] = [points[i], points[i + 1]]
    sum += x0 * y1 - x1 * y0
  }
  return Math.abs(sum) / 2
}
const holds = (rings: readonly { points: readonly number[] }[], lon: number, lat: number): boolean => {
  const { x, y } = project(lat, lon)
  let inside = false
  for (const { points } of rings)
    for (let i = 0; i < points.length; i += 2) {
      const [x0 = 0, y0 = 0] = [points.at(i - 2), points.at(i - 1)]
      const [x1 = 0, y1 = 0] = [points[i], points[i + 1]]
      if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside
    }
  return inside
}

describe.each(['110m', '50m'])('the world at 1:%s', (scale) => {
  const { lands, borders } = load(scale)

  test('has no edge and no border that goes around it, and stays on the grid', () => {
    const rings = lands.flatMap(({ rings }) => rings)
    expect(Math.max(...rings.map(({ points }) => widestEdge(points)))).toBeLessThan(180)
    const steps = borders.flatMap(({ points }) =>
      points.slice(2).map((value, i) => (i % 2 ? 0 : value - (points[i] ?? 0))),
    )
    expect(Math.max(...steps.map(Math.abs)) * 360).toBeLessThan(180)
    const { left, top, right, bottom } = boxOf(rings.flatMap(({ points }) => points))
    expect([left, right, bottom]).toEqual([0, 1, 1])
    expect(top).toBeGreaterThan(0)
  })

  test('is land on both sides of the antimeridian and at the pole, and sea where bands were', () => {
    const isLand = ([lon = 0, lat = 0]: number[]) => lands.some(({ rings }) => holds(rings, lon, lat))
    const chukotka = [
      [175, 67],
      [-175, 66.7],
      [179.9, 68.5],
      [-179.9, 68.5],
    ]
    const antarctica = [
      [0, -80],
      [100, -75],
      [-90, -84],
      [120, -84],
      [179.9, -84.9],
      [-179.9, -84.9],
    ]
    const elsewhere = [
      [-45, 72],
      [-97.7, 30.3],
      [100, 65],
    ]
    expect([...chukotka, ...antarctica, ...elsewhere].filter((place) => !isLand(place))).toEqual([])
    const oceans = [
      [-60, 71.2],
      [0, 70.9],
      [0, 68],
      [-30, 66.3],
      [-20, -16.7],
      [90, -16.5],
      [-30, 60],
      [0, -60],
      [-150, 71.2],
    ]
    expect(oceans.filter(isLand)).toEqual([])
  })
})

describe('a ring', () => {
  test('that crosses the antimeridian is cut there, and covers what it covered', () => {
    const parts = cutRing(ringOf([170, 10], [-170, 10], [-170, -10], [170, -10], [170, 10]))
    const edges = parts.map(boxOf).flatMap(({ left, right }) => [left * 360, right * 360])
    expect(edges.map((degrees) => Math.round(degrees * 1e6) / 1e6)).toEqual([350, 360, 0, 10])
    const whole = areaOf(ringOf([-10, 10], [10, 10], [10, -10], [-10, -10]))
    expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBeCloseTo(whole, 12)
  })

  test('that only touches the antimeridian, or lies far from it, is left as it is', () => {
    for (const ring of [
      ringOf([170, 0], [180, 0], [180, 5], [170, 0]),
      ringOf([-180, 0], [-170, 0], [-180, 5], [-180, 0]),
    ]) {
      expect(cutRing(ring)).toHaveLength(1)
      expect(areaOf(cutRing(ring)[0] ?? [])).toBeCloseTo(areaOf(ring), 12)
    }
  })

  test.each([1, -1])('around a pole covers all between it and that pole, whichever way it goes (%i)', (way) => {
    for (const lat of [-70, 70]) {
      const around = Array.from({ length: 13 }, (_, i): [number, number] => [
        ((((way * i * 30 + 47) % 360) + 540) % 360) - 180,
        lat,
      ])
      const parts = cutRing(ringOf(...around))
      expect(parts).toHaveLength(1)
      const { y } = project(lat, 0)
      expect(areaOf(parts[0] ?? [])).toBeCloseTo(lat < 0 ? 1 - y : y, 12)
      expect(widestEdge(parts[0] ?? [])).toBeLessThan(180)
    }
  })
})
