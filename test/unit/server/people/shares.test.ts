import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { COARSER, deviceOf, MOST_SHARE_GRANTS, shareGrants } from '../../../../server/people/shares.ts'
import { type Bounds, CELL_ZOOM, cellBounds, quadkeysCovering } from '../../../../wire/cells.ts'
import { ALL_GRANTS, type Grants, grantsFor, parseGrants, writeGrants } from '../../../../wire/grants.ts'
import type { Shown } from '../../../../wire/people.ts'
import { personWith } from '../../../support/persons.ts'
import { evenly } from '../../wire/arbitraries.ts'

/** Somewhere on the map, from a part of a tile to some 20 tiles wide and high. */
const views: fc.Arbitrary<Bounds> = fc
  .tuple(evenly(-80, 80), evenly(-180, 180), evenly(0.001, 0.8), evenly(0.001, 0.4))
  .map(([south, west, wide, high]) => ({ south, west, east: west + wide, north: south + high }))

/** What somebody may do. */
const grantsOf = (text: string): Grants => personWith(text).grants
const GROUPS = ['buses', 'other', 'vans']
const sees = (all: Grants, group: string, tile: string): boolean => grantsFor(all, 'watch', `c:${group}/${tile}`)
const granted = (show: Shown, own: Grants = ALL_GRANTS): Grants => {
  const all = shareGrants(show, own, GROUPS)
  if (typeof all === 'string') throw new Error(all)
  return all
}
const viewOf = (bounds: Bounds, groups: string[] | null): Shown => ({ kind: 'view', bounds, groups })

/** Every tile around a view, as far as one edge of rounding could reach, and further. */
const around = ({ west, south, east, north }: Bounds): string[] => {
  const [aside, above] = [0.4, 0.4]
  const wide = { west: west - aside, south: Math.max(south - above, -85), east: east + aside, north: north + above }
  return quadkeysCovering(wide, 0, 100_000) ?? []
}

test('the cells of a view are allowed, and others only where its edge is rounded outward', () => {
  fc.assert(
    fc.property(views, fc.constantFrom<string[] | null>(['buses'], ['buses', 'vans'], null), (bounds, groups) => {
      const cells = quadkeysCovering(bounds, 0)
      const all = shareGrants(viewOf(bounds, groups), ALL_GRANTS, GROUPS)
      fc.pre(cells !== null && typeof all !== 'string')
      expect(all.length).toBeLessThanOrEqual(MOST_SHARE_GRANTS)
      expect(parseGrants(writeGrants(all))).toEqual(all)
      const own = new Set(cells)
      const rounded = new Set(cells.map((cell) => cell.slice(0, CELL_ZOOM - COARSER)))
      for (const group of GROUPS)
        for (const tile of around(bounds)) {
          const isShared = (groups ?? GROUPS).includes(group)
          if (isShared && own.has(tile)) expect(sees(all, group, tile)).toBe(true)
          else if (!isShared || !rounded.has(tile.slice(0, CELL_ZOOM - COARSER)))
            expect(sees(all, group, tile)).toBe(false)
        }
    }),
    { numRuns: 60 },
  )
})

test('a view that takes few grants is shared to the cell', () => {
  fc.assert(
    fc.property(views, (bounds) => {
      const cells = quadkeysCovering(bounds, 0) ?? []
      fc.pre(cells.length > 0 && cells.length <= MOST_SHARE_GRANTS)
      const all = granted(viewOf(bounds, ['buses']))
      const own = new Set(cells)
      for (const tile of around(bounds)) expect(sees(all, 'buses', tile)).toBe(own.has(tile))
    }),
    { numRuns: 60 },
  )
})

test('four sisters take one grant, and all of a tile of any zoom does', () => {
  const inside = (tile: string): Bounds => {
    const { west, south, east, north } = cellBounds(tile)
    return { west: west + 1e-6, south: south + 1e-6, east: east - 1e-6, north: north - 1e-6 }
  }
  for (const tile of ['0231301203', '02313012033', '0231301203311'])
    expect(granted(viewOf(inside(tile), ['buses']))).toEqual([
      { action: 'watch', start: `c:buses/${tile}`, exact: tile.length === CELL_ZOOM },
    ])
})

test('a symbol and a device are shared alone, and a layout is the sum of what it shows', () => {
  expect(writeGrants(granted({ kind: 'symbol', symbol: 'AAPL' }))).toBe('watch:s:AAPL')
  expect(writeGrants(granted({ kind: 'device', device: 'B 1*' }))).toBe('watch:d:B%201%2A')
  const { west, south } = cellBounds('0231301203311')
  const view = { bounds: { west: west + 1e-6, east: west + 2e-6, south: south + 1e-6, north: south + 2e-6 } }
  const layout: Shown = {
    kind: 'layout',
    symbols: ['AAPL', 'MSFT'],
    device: 'BUS-1',
    view: { ...view, groups: ['vans'] },
  }
  expect(writeGrants(granted(layout))).toBe('watch:s:AAPL watch:s:MSFT watch:d:BUS-1 watch:c:vans/0231301203311')
  expect([deviceOf(layout), deviceOf({ kind: 'symbol', symbol: 'A' })]).toEqual(['BUS-1', null])
})

const around1 = { west: -97.75, east: -97.74, south: 30.26, north: 30.27 }
const some: [what: string, own: string, show: Shown, result: string | null][] = [
  ['see it, not share it', 'watch:s:*', { kind: 'symbol', symbol: 'A' }, 'not_allowed'],
  ['share it, not see it', 'share:s:*', { kind: 'symbol', symbol: 'A' }, 'not_allowed'],
  ['share another', 'watch:s:* share:s:B', { kind: 'symbol', symbol: 'A' }, 'not_allowed'],
  ['share it', 'watch:s:* share:s:A', { kind: 'symbol', symbol: 'A' }, 'watch:s:A'],
  ['share one of two groups', 'watch:c:* share:c:buses/*', viewOf(around1, ['buses', 'vans']), 'not_allowed'],
  ['share none of the groups', 'watch:c:*', viewOf(around1, null), 'not_allowed'],
  [
    'share a part of a layout',
    'watch:* share:s:*',
    { kind: 'layout', symbols: ['A'], device: 'B', view: null },
    'not_allowed',
  ],
]

test.each(some)('who may %s', (_what, own, show, result) => {
  const all = shareGrants(show, grantsOf(own), GROUPS)
  expect(typeof all === 'string' ? all : writeGrants(all)).toBe(result)
})

test('of a view that names no groups those are shared that its maker may share', () => {
  const all = granted(viewOf(around1, null), grantsOf('watch:c:* share:c:buses/* share:c:other/*'))
  expect(new Set(all.map(({ start }) => start.slice(2, start.indexOf('/'))))).toEqual(new Set(['buses', 'other']))
})

test('whoever may share an area by several grants shares what lies in them, and nothing beside', () => {
  const parent = '023130120331'
  const { west, south, east, north } = cellBounds(parent)
  const bounds = { west: west + 1e-6, south: south + 1e-6, east: east - 1e-6, north: north - 1e-6 }
  const own = grantsOf(
    [0, 1, 2, 3].flatMap((n) => [`watch:c:buses/${parent}${n}`, `share:c:buses/${parent}${n}`]).join(' '),
  )
  expect(granted(viewOf(bounds, ['buses']), own)).toHaveLength(4)
  const fewer = own.filter(({ start }) => !start.endsWith('3'))
  expect(shareGrants(viewOf(bounds, ['buses']), fewer, GROUPS)).toBe('not_allowed')
})

test('a view too wide to be watched, or of too many groups, is too wide to be shared', () => {
  expect(shareGrants(viewOf({ west: 0, south: 0, east: 20, north: 20 }, ['buses']), ALL_GRANTS, GROUPS)).toBe(
    'too_wide',
  )
  const many = Array.from({ length: 100 }, (_, i) => `g${i}`)
  expect(shareGrants(viewOf(around1, null), ALL_GRANTS, many)).toBe('too_wide')
})

test('how many groups there are that nobody may share who asks is not told', () => {
  const own = grantsOf('watch:c:buses/* share:c:buses/*')
  const hidden = Array.from({ length: 99 }, (_, i) => `g${i}`)
  const view = viewOf({ ...around1, east: around1.west + 1.3 }, null)
  expect(shareGrants(view, own, ['buses', ...hidden])).toEqual(granted(view, own))
})
