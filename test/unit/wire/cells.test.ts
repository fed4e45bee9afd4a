import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Bounds,
  CELL_ZOOM,
  cellBounds,
  cellOf,
  cellsCovering,
  groupOfCell,
  MAX_VIEW_CELLS,
  MAX_VIEW_TILES,
  quadkeyOf,
  quadkeyOfCell,
  quadkeysCovering,
} from '../../../wire/cells.ts'
import { MAX_LATITUDE } from '../../../wire/fleet.ts'
import { evenly } from './arbitraries.ts'

const TILE = /^[0-3]{13}$/

const latitude = evenly(-MAX_LATITUDE, MAX_LATITUDE)
const longitude = evenly(-180, 180)
const share = evenly(0, 1)

/** Latitude of a height on the Mercator map: the Gudermannian function, in degrees. */
const latitudeAt = (height: number): number => ((2 * Math.atan(Math.exp(height)) - Math.PI / 2) * 180) / Math.PI

/** The quadkey by halving the map thirteen times, as its definition says; null within a hair of an edge. */
const halved = (lat: number, lon: number): string | null => {
  let [west, east, south, north] = [-180, 180, -Math.PI, Math.PI]
  if (Math.abs(lon) > 180 - 1e-9) return null
  let key = ''
  for (let level = 0; level < 13; level++) {
    const [middle, height] = [(west + east) / 2, (south + north) / 2]
    if (Math.abs(lon - middle) < 1e-9 || Math.abs(lat - latitudeAt(height)) < 1e-9) return null
    const [right, lower] = [lon > middle, lat < latitudeAt(height)]
    if (right) west = middle
    else east = middle
    if (lower) north = height
    else south = height
    key += Number(right) + 2 * Number(lower)
  }
  return key
}

test('a cell is the tile that halving the map thirteen times comes to', () => {
  expect(CELL_ZOOM).toBe(13)
  fc.assert(
    fc.property(latitude, longitude, (lat, lon) => {
      const wanted = halved(lat, lon)
      fc.pre(wanted !== null)
      expect(quadkeyOf(lat, lon)).toBe(wanted)
    }),
    { numRuns: 2000 },
  )
})

test('the corners of the map and its middle', () => {
  const [zeros, ones, twos, threes] = ['0', '1', '2', '3'].map((digit) => digit.repeat(13))
  expect(quadkeyOf(MAX_LATITUDE, -180)).toBe(zeros)
  expect(quadkeyOf(MAX_LATITUDE, 179.999)).toBe(ones)
  expect(quadkeyOf(-MAX_LATITUDE, -180)).toBe(twos)
  expect(quadkeyOf(-MAX_LATITUDE, 179.999)).toBe(threes)
  expect(quadkeyOf(0, 0)).toBe(`3${'0'.repeat(12)}`)
})

test('beyond the grid latitude is clamped, and longitude wraps', () => {
  expect(quadkeyOf(90, 10)).toBe(quadkeyOf(MAX_LATITUDE, 10))
  expect(quadkeyOf(-90, 10)).toBe(quadkeyOf(-MAX_LATITUDE, 10))
  expect(quadkeyOf(12, 180)).toBe(quadkeyOf(12, -180))
  expect(quadkeyOf(30.2672, -97.7431 + 720)).toBe(quadkeyOf(30.2672, -97.7431))
  expect(quadkeyOf(30.2672, -97.7431 - 360)).toBe(quadkeyOf(30.2672, -97.7431))
})

test('a cell has bounds whose inside lies in it, and that hold each of its points', () => {
  fc.assert(
    fc.property(latitude, longitude, share, share, (lat, lon, x, y) => {
      const cell = quadkeyOf(lat, lon)
      expect(cell).toMatch(TILE)
      const { west, east, south, north } = cellBounds(cell)
      const at = (from: number, to: number, part: number): number => from + (to - from) * (0.0001 + part * 0.9998)
      expect(quadkeyOf(at(south, north, y), at(west, east, x))).toBe(cell)
      expect(lat).toBeGreaterThanOrEqual(south - 1e-9)
      expect(lat).toBeLessThanOrEqual(north + 1e-9)
      const turned = lon === 180 ? -180 : lon
      expect(turned).toBeGreaterThanOrEqual(west - 1e-9)
      expect(turned).toBeLessThanOrEqual(east + 1e-9)
    }),
    { numRuns: 500 },
  )
})

/** Views anywhere, turned up to twice around the globe, beyond the grid too, across the antimeridian often. */
const view: fc.Arbitrary<Bounds> = fc
  .record({
    west: fc.oneof(evenly(-720, 720), fc.constantFrom(-180, 179.9, 180, -180.1, 539.95)),
    south: fc.oneof(evenly(-90, 90), fc.constantFrom(-90, -85.06, 85, 85.04)),
    width: evenly(0, 0.8),
    height: evenly(0, 0.8),
  })
  .map(({ west, south, width, height }) => ({
    west,
    south,
    east: west + width,
    north: Math.min(90, south + height),
  }))

test('a view is covered: whatever point of it, its cell is there, once', () => {
  fc.assert(
    fc.property(view, share, share, fc.constantFrom(0, 0.1, 0.5), (bounds, x, y, margin) => {
      const cells = quadkeysCovering(bounds, margin, 1e6)
      const lat = Math.min(bounds.south + (bounds.north - bounds.south) * y, bounds.north)
      const lon = Math.min(bounds.west + (bounds.east - bounds.west) * x, bounds.east)
      expect(cells).toContain(quadkeyOf(lat, lon))
      expect(new Set(cells).size).toBe(cells?.length)
    }),
    { numRuns: 500 },
  )
})

test('a margin reaches that share of the view beyond each edge, and nothing is covered for no reason', () => {
  const inner: Bounds = { west: -97.9, east: -97.6, south: 30.1, north: 30.4 }
  const cells = quadkeysCovering(inner, 0.1, 1e6) ?? []
  expect(cells).toContain(quadkeyOf(30.1 - 0.0299, -97.9 - 0.0299))
  expect(cells).toContain(quadkeyOf(30.4 + 0.0299, -97.6 + 0.0299))
  for (const cell of cells) {
    const { west, east, south, north } = cellBounds(cell)
    expect(east > -97.931 && west < -97.569 && north > 30.069 && south < 30.431).toBe(true)
  }
})

test('a view across the antimeridian covers both its sides, however it is turned', () => {
  const across = (turn: number): string[] =>
    (quadkeysCovering({ west: 179.97 + turn, east: 180.03 + turn, south: -0.01, north: 0.01 }, 0) ?? []).toSorted()
  expect(across(0)).toContain(quadkeyOf(0, 179.98))
  expect(across(0)).toContain(quadkeyOf(0, -179.98))
  expect(across(-360)).toEqual(across(0))
  expect(across(360)).toEqual(across(0))
})

test('a view at a pole covers the last row and no cell beyond', () => {
  for (const south of [85.04, -90]) {
    const cells = quadkeysCovering({ west: 0, east: 0.1, south, north: south + 4.96 }) ?? []
    expect(cells).toContain(quadkeyOf(south > 0 ? MAX_LATITUDE : -MAX_LATITUDE, 0.05))
    for (const cell of cells) expect(cell).toMatch(TILE)
  }
})

test('the whole world, at any turn, is every cell once or too many', () => {
  expect(quadkeysCovering({ west: -180, east: 180, south: -85, north: 85 })).toBeNull()
  const band = quadkeysCovering({ west: -500, east: 500, south: 0.001, north: 0.002 }, 0, 1e6) ?? []
  expect(band.length).toBe(2 ** CELL_ZOOM)
  expect(new Set(band).size).toBe(2 ** CELL_ZOOM)
})

test('a view of as many cells as the cap is covered, one more is refused', () => {
  const width = 360 / 2 ** CELL_ZOOM
  const wide = (columns: number): Bounds => ({
    west: width / 2,
    east: width * (columns - 0.5),
    south: 0.001,
    north: 0.002,
  })
  expect(quadkeysCovering(wide(MAX_VIEW_TILES), 0)).toHaveLength(MAX_VIEW_TILES)
  expect(quadkeysCovering(wide(MAX_VIEW_TILES + 1), 0)).toBeNull()
  expect(quadkeysCovering(wide(7), 0, 7)).toHaveLength(7)
  expect(quadkeysCovering(wide(8), 0, 7)).toBeNull()
})

test('a cell is a group in a tile; a device without a group is in other', () => {
  const tile = quadkeyOf(30.25, -97.75)
  const cell = cellOf(30.25, -97.75, 'night-shift_2')
  expect([groupOfCell(cell), quadkeyOfCell(cell)]).toEqual(['night-shift_2', tile])
  expect(cellOf(30.25, -97.75)).toBe(`other/${tile}`)
  expect(cellBounds(cell)).toEqual(cellBounds(tile))
})

test('a view covers each tile once for each group, and so many cells at the most', () => {
  const view = { west: -97.9, south: 30.1, east: -97.5, north: 30.5 }
  const tiles = quadkeysCovering(view) ?? []
  const cells = cellsCovering(view, ['buses', 'vans']) ?? []
  expect(new Set(cells)).toEqual(new Set(tiles.flatMap((tile) => [`buses/${tile}`, `vans/${tile}`])))
  expect(cells).toHaveLength(2 * tiles.length)
  expect(cellsCovering(view, [])).toEqual([])
  const most = Math.floor(MAX_VIEW_CELLS / tiles.length)
  const groups = (count: number): string[] => Array.from({ length: count }, (_, i) => `g${i}`)
  expect(cellsCovering(view, groups(most))).toHaveLength(most * tiles.length)
  expect(cellsCovering(view, groups(most + 1))).toBeNull()
})
