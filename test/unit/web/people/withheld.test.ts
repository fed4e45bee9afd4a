import { expect, test } from 'vitest'
import { createChart } from '../../../../web/state/chart.ts'
import { deviceStore } from '../../../../web/state/kinds/device.ts'
import { symbolStore } from '../../../../web/state/kinds/symbol.ts'
import { createLink } from '../../../../web/state/link.ts'
import { createMarket } from '../../../../web/state/market.ts'
import { NOT_SEEN } from '../../../../web/state/refusal.ts'
import { createSelection } from '../../../../web/state/selection.ts'
import type { ViewState } from '../../../../web/state/view.ts'
import type { WatchEvent } from '../../../../web/state/watch.ts'
import { createWatches } from '../../../../web/state/watches.ts'
import { cellsCovering } from '../../../../wire/cells.ts'
import type { TradeKey } from '../../../../wire/market.ts'
import { ERROR_CODES, type WireError } from '../../../../wire/protocol.ts'
import { cellTopic } from '../../../../wire/topics.ts'

const NOT_ALLOWED: WireError = { code: 'not_allowed', message: ERROR_CODES.not_allowed }
const TRADE = { id: 1, t: 60_000, price: 9, size: 1 }
const STATE = { last: TRADE, quote: null, day: null, prev: null, candle: null }
const EDGE: TradeKey = [60_000, 1]
const CANDLE = {
  ...{ t: 60_000, open: 9, high: 9, low: 9, close: 9, volume: 1, count: 1 },
  ...{ first: EDGE, last: EDGE },
}
const FIX = { id: 'B', n: 1, t: 60_000, lat: 1, lon: 2 }
const TIMES = { steady: 0, now: 60_000, serverNow: 60_000 }
const AT = { epoch: 'a', seq: 1 }
const soon = () => new Promise((resolve) => setTimeout(resolve))

const VIEW = { west: -97.75, south: 30.26, east: -97.74, north: 30.27 }
const CELLS = cellsCovering(VIEW) ?? []

test('what is withdrawn is watched no more: topics are refused, cells leave the view, which says so', () => {
  const events: WatchEvent[] = []
  const views: ViewState[] = []
  const watches = createWatches(
    (event) => void events.push(event),
    (view) => void views.push(view),
  )
  watches.want('s:A')
  watches.want('s:B')
  watches.look(VIEW)
  watches.request()
  const [first = '', ...rest] = CELLS
  watches.answer({
    results: [
      { topic: 's:A', kind: 'snapshot', cursor: AT, snapshot: STATE },
      { topic: 's:B', kind: 'snapshot', cursor: AT, snapshot: STATE },
      ...CELLS.map((cell) => ({
        topic: cellTopic(cell),
        kind: 'snapshot' as const,
        cursor: AT,
        snapshot: { fixes: [] },
      })),
    ],
    view: { cells: CELLS, groups: ['other'] },
  })
  watches.withdraw(['s:A', cellTopic(first), 's:STRANGER'])
  expect(events.at(-1)).toEqual({ kind: 'refused', topic: 's:A', error: NOT_ALLOWED })
  expect(views.at(-1)).toMatchObject({ cells: rest, leftOut: { groups: [], area: true } })
  watches.askAll()
  const request = watches.request()
  expect(request?.topics?.map(({ topic }) => topic)).toEqual(['s:B'])
  expect(Object.keys(request?.view?.cursors ?? {})).toEqual(rest.map(cellTopic))
})

test('what a view leaves out is told to the map', () => {
  const views: ViewState[] = []
  const watches = createWatches(
    () => {},
    (view) => void views.push(view),
  )
  watches.look(VIEW)
  watches.request()
  const leftOut = { groups: ['taxis'], area: true }
  watches.answer({ results: [], view: { cells: [], groups: ['other'], leftOut } })
  expect(views.at(-1)).toEqual({ cells: [], groups: ['other'], error: null, leftOut })
})

test('a symbol that may not be seen leaves neither figures nor candles, until it may be seen again', async () => {
  const market = createMarket(() => {})
  let reads = 0
  const chart = createChart(
    async () => {
      reads++
      return { symbol: 'X', interval: '1m', cursor: AT, candles: [CANDLE] }
    },
    () => {},
  )
  const store = symbolStore({ market, chart })
  chart.open('X', '1m')
  await soon()
  store.snapshot('X', STATE, AT, TIMES)
  market.flush()
  expect([market.entry('X').quoted.value.last, chart.state.value?.candles.length]).toEqual([9, 1])
  store.refused('X', NOT_ALLOWED)
  market.flush()
  expect(market.entry('X')).toMatchObject({ spark: [], state: { last: null } })
  expect(market.entry('X').quoted.value).toMatchObject({ last: null, refused: NOT_SEEN })
  expect(chart.state.value).toMatchObject({ phase: 'refused', candles: [] })
  for (let i = 0; i < 10; i++) chart.tick()
  expect(reads).toBe(1)
  store.snapshot('X', STATE, { epoch: 'a', seq: 2 }, TIMES)
  market.flush()
  await soon()
  expect(market.entry('X').quoted.value).toMatchObject({ last: 9, refused: null })
  expect(chart.state.value).toMatchObject({ phase: 'ready', candles: [CANDLE] })
})

test('a device that may not be seen any more leaves neither fix nor track, whatever is read late', async () => {
  const tracks: ((reply: { id: string; cursor: typeof AT; fixes: (typeof FIX)[] }) => void)[] = []
  const selection = createSelection(
    () => new Promise((resolve) => void tracks.push(resolve)),
    () => {},
  )
  const store = deviceStore({ selection })
  selection.select('B', 60_000)
  store.snapshot('B', { last: FIX, cell: null }, AT, TIMES)
  expect(selection.selected.value?.last).toEqual(FIX)
  store.refused('B', NOT_ALLOWED)
  tracks[0]?.({ id: 'B', cursor: AT, fixes: [FIX] })
  await soon()
  expect(selection.selected.value).toMatchObject({ phase: 'refused', last: null, track: [] })
  store.snapshot('B', { last: FIX, cell: null }, AT, TIMES)
  tracks[1]?.({ id: 'B', cursor: AT, fixes: [FIX] })
  await soon()
  expect(selection.selected.value).toMatchObject({ phase: 'ready', last: FIX, track: [FIX] })
})

test('other errors say what they say, and leave what was known', () => {
  const market = createMarket(() => {})
  const chart = createChart(
    () => new Promise(() => {}),
    () => {},
  )
  const store = symbolStore({ market, chart })
  store.snapshot('X', STATE, AT, TIMES)
  store.refused('X', { code: 'unknown_symbol', message: 'Unknown.' })
  market.flush()
  expect(market.entry('X').quoted.value).toMatchObject({ last: 9, refused: 'Unknown.' })
})

test('notices about people leave the link to Redis as it is', () => {
  const link = createLink(() => 0)
  link.notice({ kind: 'redis_down' })
  link.notice({ kind: 'renew', withinMs: 30_000 })
  link.notice({ kind: 'withdrawn', topics: ['s:X'] })
  expect(link.redisDown.value).toBe(true)
  expect(link.incidents.value[0]?.text).toContain('may not be seen any more')
})
