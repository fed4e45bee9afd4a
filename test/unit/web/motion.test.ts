import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bearing, distance, type Point, project } from '../../../web/state/mercator.ts'
import { atRest, headingAt, isMoving, moveTo, placeAt } from '../../../web/state/motion.ts'
import type { Fix } from '../../../wire/fleet.ts'

const fix = (n: number, lat: number, lon: number, more: Partial<Fix> = {}): Fix => ({
  id: 'BUS',
  n,
  t: n * 1_000,
  lat,
  lon,
  ...more,
})
const HERE = fix(1, 30.2672, -97.7431)
const THERE = fix(2, 30.2682, -97.7431)

describe('between two fixes a device', () => {
  const motion = moveTo(atRest(HERE, 0), HERE, THERE, 2_000)

  test('glides over the time that its fixes usually take, and never beyond', () => {
    const y = (now: number) => placeAt(motion, now).y
    const [from, to] = [project(HERE.lat, HERE.lon).y, project(THERE.lat, THERE.lon).y]
    expect(y(2_000)).toBeCloseTo(from, 12)
    expect(y(3_000)).toBeCloseTo((from + to) / 2, 12)
    expect(y(4_000)).toBe(to)
    expect(y(60_000)).toBe(to)
    expect([isMoving(motion, 3_999), isMoving(motion, 4_000)]).toEqual([true, false])
  })

  test('goes on from where it is drawn when the next fix comes early', () => {
    const next = moveTo(motion, THERE, fix(3, 30.2692, -97.7431), 3_000)
    expect(placeAt(next, 3_000)).toEqual(placeAt(motion, 3_000))
  })

  test('points where it goes, unless its receiver only trembles, or it reports a heading', () => {
    expect(motion.heading).toBeCloseTo(0)
    const trembling = moveTo(motion, THERE, fix(3, 30.268201, -97.7431), 4_000)
    expect(trembling.heading).toBeCloseTo(0)
    expect(moveTo(motion, THERE, fix(3, 30.2682, -97.7, { heading: 270 }), 4_000).heading).toBe(270)
  })

  test('turns the short way', () => {
    const north = { ...motion, fromHeading: 350, heading: 10 }
    expect(headingAt(north, 2_200)).toBeCloseTo(360)
  })

  test('is shown at once where no device drives that far', () => {
    const far = moveTo(motion, THERE, fix(3, 31.5, -97.7), 4_000)
    expect(placeAt(far, 4_000)).toEqual(project(31.5, -97.7))
    expect(isMoving(far, 4_000)).toBe(false)
  })

  test('crosses the antimeridian by the short way', () => {
    const [west, east] = [fix(1, 0, 179.99), fix(2, 0, -179.99)]
    const crossing = moveTo(atRest(west, 0), west, east, 1_000)
    const half = placeAt(crossing, crossing.start + crossing.duration / 2)
    expect(Math.abs(half.x - Math.round(half.x))).toBeLessThan(1e-4)
  })
})

test('the grid of the map is that of EPSG:3857', () => {
  const unproject = ({ x, y }: Point): { lat: number; lon: number } => ({
    lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI,
    lon: x * 360 - 180,
  })
  const degrees = fc.record({
    lat: fc.double({ min: -85, max: 85, noNaN: true }),
    lon: fc.double({ min: -180, max: 180, noNaN: true }),
  })
  fc.assert(
    fc.property(degrees, ({ lat, lon }) => {
      const back = unproject(project(lat, lon))
      expect(back.lat).toBeCloseTo(lat, 9)
      expect(back.lon).toBeCloseTo(lon, 9)
    }),
  )
})

test('distance and bearing on the sphere', () => {
  const [london, paris] = [
    { lat: 51.5074, lon: -0.1278 },
    { lat: 48.8566, lon: 2.3522 },
  ]
  expect(distance(london, paris) / 1_000).toBeCloseTo(343.6, 0)
  expect(bearing(london, paris)).toBeCloseTo(148.1, 0)
})
