import { describe, expect, test } from 'vitest'
import { edges, firstWindow, followWindow, panWindow, zoomWindow } from '../../../web/state/bars.ts'
import { boxOf, clipRing } from '../../../web/state/clip.ts'
import { createClock } from '../../../web/state/clock.ts'
import { createFrames } from '../../../web/state/frames.ts'
import { healthOf } from '../../../web/state/link.ts'
import { formatPlace, parsePlace } from '../../../web/state/place.ts'
import { createPrefs, FIRST_PLACE, firstPlace } from '../../../web/state/prefs.ts'
import { shownWorkspace, wantedTopics } from '../../../web/state/wanted.ts'
import { nextSort, search, sortRows } from '../../../web/state/watchlist.ts'

describe('delivery delay', () => {
  test('is freed of the distance between the clocks', () => {
    const clock = createClock()
    clock.roundTrip(10)
    // The node's clock is 5,000 ms behind; its stamps take 5 to 9 ms to arrive.
    for (const way of [9, 5, 7]) clock.stamped(1_000, 6_000 + way)
    expect(clock.offset()).toBe(5_000)
    for (const delay of [20, 30, 40]) clock.arrived(1_000, 6_000 + delay)
    expect(clock.delay()).toEqual({ p50: 30, p99: 40 })
  })
})

describe('the health of the link', () => {
  test('is silent after two and a half heartbeats of nothing, though the socket stands', () => {
    expect(healthOf('live', true, 12_499, 5_000, true)).toBe('live')
    expect(healthOf('live', true, 12_501, 5_000, true)).toBe('silent')
    expect(healthOf('waiting', true, 0, 5_000, true)).toBe('waiting')
    expect(healthOf('live', false, 0, 5_000, true)).toBe('offline')
    expect(healthOf('live', true, 0, 5_000, false)).toBe('connecting')
  })
})

describe('the window of bars', () => {
  const FIRST_WINDOW = firstWindow(840)

  test('keeps the bar under the pointer when it zooms', () => {
    const before = edges(FIRST_WINDOW, 500)
    const after = edges(zoomWindow(FIRST_WINDOW, 0.5, 0.25, 500), 500)
    const at = ({ left, right }: { left: number; right: number }) => left + (right - left) * 0.25
    expect(at(after)).toBeCloseTo(at(before))
  })
  test('follows the newest bar at the end, and stays where it is in the past', () => {
    const past = panWindow(FIRST_WINDOW, 100, 500)
    expect(edges(followWindow(past, 1), 501)).toEqual(edges(past, 500))
    expect(followWindow(FIRST_WINDOW, 1)).toEqual(FIRST_WINDOW)
  })
  test('cannot be panned out of sight of the bars', () => {
    expect(edges(panWindow(FIRST_WINDOW, 10_000, 500), 500).right).toBeGreaterThan(0)
    expect(edges(panWindow(FIRST_WINDOW, -10_000, 500), 500).left).toBeLessThan(500)
  })
})

test('clipping a continent leaves a ring inside the tile that covers the same ground', () => {
  const box = { left: 0, top: 0, right: 1, bottom: 1 }
  expect(boxOf(clipRing([-9, -9, 9, -9, 9, 9, -9, 9], box))).toEqual(box)
  expect(clipRing([2, 2, 3, 2, 3, 3], box)).toEqual([])
  expect(boxOf(clipRing([0.5, 0.5, 2, 0.5, 2, 2], box)).right).toBe(1)
})

describe('the place', () => {
  const place = { workspace: 'fleet', symbol: 'BRK.B', interval: '15m', device: 'BUS-8928' } as const
  test('comes back from its address', () => expect(parsePlace(formatPlace(place), FIRST_PLACE)).toEqual(place))
  test('falls back where the address makes no sense', () => {
    expect(parsePlace('#/nowhere', place)).toBe(place)
    expect(parsePlace('#/split/{script}/9m?device=%20', FIRST_PLACE)).toEqual({ ...FIRST_PLACE, workspace: 'split' })
  })
  test('is where one was last, unless the address says otherwise', () => {
    const store = new Map<string, string>()
    const prefs = createPrefs({
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => void store.set(key, value),
    })
    expect(firstPlace('', prefs)).toEqual(FIRST_PLACE)
    prefs.place.set(formatPlace(place))
    expect(firstPlace('', prefs)).toEqual(place)
    store.set('watchfloor.symbols', '{"not":"a list"}')
    expect(prefs.symbols.get()).toBeNull()
  })
})

describe('what is watched', () => {
  const place = { workspace: 'split', symbol: 'ZZZ', device: 'BUS' } as const
  test('is what is on the screen', () => {
    expect([...wantedTopics(place, ['A', 'B'], new Set(['B']))]).toEqual([
      ['s:A', { mode: 'latest', rate: 5 }],
      ['s:B', { mode: 'latest', rate: 0.2 }],
      ['s:ZZZ', {}],
      ['d:BUS', {}],
    ])
    expect([...wantedTopics({ ...place, workspace: 'fleet' }, ['A'], new Set()).keys()]).toEqual(['d:BUS'])
    expect([...wantedTopics({ ...place, workspace: 'markets' }, ['A'], new Set()).keys()]).toEqual(['s:A', 's:ZZZ'])
  })
  test('on a phone is one workspace', () =>
    expect([shownWorkspace('split', true), shownWorkspace('split', false)]).toEqual(['markets', 'split']))
})

describe('the watchlist', () => {
  const rows = [
    { symbol: 'MSFT', name: 'Microsoft', last: 3 },
    { symbol: 'A', name: 'Agilent', last: null },
    { symbol: 'AMS', name: 'American Shared', last: 9 },
  ]
  test('finds by symbol first, then by name', () => {
    expect(search(rows, 'a').map(({ symbol }) => symbol)).toEqual(['A', 'AMS'])
    expect(search(rows, 'MS').map(({ symbol }) => symbol)).toEqual(['MSFT', 'AMS'])
    expect(search(rows, 'soft').map(({ symbol }) => symbol)).toEqual(['MSFT'])
  })
  test('sorts numbers from the greatest, and what has none comes last both ways', () => {
    const sort = nextSort(null, 'last')
    expect(sortRows(rows, sort).map(({ symbol }) => symbol)).toEqual(['AMS', 'MSFT', 'A'])
    const back = nextSort(sort, 'last')
    expect(sortRows(rows, back).map(({ symbol }) => symbol)).toEqual(['MSFT', 'AMS', 'A'])
    expect(nextSort(back, 'last')).toBeNull()
    const alike = rows.map((row) => ({ ...row, last: 1 }))
    expect(sortRows(alike, sort).map(({ symbol }) => symbol)).toEqual(['A', 'AMS', 'MSFT'])
  })
})

test('frames are asked for only while something is to be drawn', () => {
  const asked: ((steady: number) => void)[] = []
  const frames = createFrames(
    (draw) => void asked.push(draw),
    (error) => expect.unreachable(String(error)),
  )
  let left = 2
  const remove = frames.add(() => --left > 0)
  frames.wake()
  frames.wake()
  expect(asked).toHaveLength(1)
  asked[0]?.(0)
  expect(asked).toHaveLength(2)
  asked[1]?.(16)
  expect(asked).toHaveLength(2)
  remove()
  frames.wake()
  expect(asked).toHaveLength(3)
  asked[2]?.(32)
  expect(left).toBe(0)
})
