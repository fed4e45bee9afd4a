import type { Cursor, Segment } from '../../../../docs/client.ts'
import { fold, foldChart } from '../../../../docs/fold.ts'
import { follow, lowest, type Place, type Subject } from './order.ts'

export type State = Parameters<typeof fold>[0]
type Update = Parameters<typeof fold>[1]
export type Candle = NonNullable<State['day']>

export const INTERVALS = { '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000 } as const
export type Interval = keyof typeof INTERVALS

/** One answer of history: candles that start from `from` on and before `until`, with a cursor of their own. */
type Page = Place & { interval: Interval; from: number; until: number; bars: Map<number, Candle> }
type CandlesReply = { cursor: Cursor; candles: Candle[] }

/** Candles in an answer: few, so that a chart is of several. */
const LIMIT = 200
const AGAIN_MS = 300

const isIn =
  ({ from, until }: Page) =>
  ({ t }: { t: number }): boolean =>
    t >= from && t < until

/** The part of an update that falls into a page. A minute belongs to the candle that it is a part of. */
const partFor = (page: Page, { trades = [], candles = [] }: Update): Update => ({
  trades: trades.filter(isIn(page)),
  candles: candles.filter(isIn(page)),
})

const readChart = async (url: string, symbol: string, interval: Interval): Promise<Page[]> => {
  const pages: Page[] = []
  let until = Number.POSITIVE_INFINITY
  for (;;) {
    const query = `interval=${interval}&limit=${LIMIT}${pages.length > 0 ? `&before=${until}` : ''}`
    const response = await fetch(`${url}/api/symbols/${encodeURIComponent(symbol)}/candles?${query}`)
    if (!response.ok) throw new Error(`${response.status} for ${symbol}, ${interval}`)
    const { cursor, candles } = (await response.json()) as CandlesReply
    const isLast = candles.length < LIMIT
    const from = isLast ? 0 : (candles[0]?.t ?? 0)
    pages.push({ cursor, interval, from, until, bars: new Map(candles.map((candle) => [candle.t, candle])) })
    if (isLast) return pages
    until = from
  }
}

export type SymbolView = Subject & {
  state: () => State | null
  /** A chart, oldest first; null while history is being read. */
  chart: (interval: Interval) => Candle[] | null
  /** How often history was read. */
  reads: () => number
}

/**
 * A symbol's state and its charts. `ask` is called where the topic has to be asked for again, since history that was
 * read is behind.
 */
export const watchSymbol = (symbol: string, url: () => string, ask: () => void): SymbolView => {
  let own: (Place & { state: State }) | null = null
  let pages: Page[] = []
  let reads = 0

  const load = async (): Promise<void> => {
    const turn = ++reads
    try {
      const charts = []
      for (const interval of Object.keys(INTERVALS) as Interval[])
        charts.push(...(await readChart(url(), symbol, interval)))
      if (turn !== reads) return
      pages = charts
      const from = own && lowest([own, ...pages])
      if (from === null || from.seq < (own?.cursor.seq ?? 0)) ask()
    } catch {
      setTimeout(() => turn === reads && void load(), AGAIN_MS)
    }
  }

  return {
    topic: `s:${symbol}`,
    state: () => own?.state ?? null,
    chart: (interval) => {
      const bars = pages.filter((page) => page.interval === interval).flatMap((page) => [...page.bars.values()])
      return pages.length > 0 ? bars.toSorted((a, b) => a.t - b.t) : null
    },
    reads: () => reads,
    stands: () => own?.cursor ?? null,
    asksFrom: () => (own ? lowest([own, ...pages]) : null),
    begin: (cursor, snapshot) => {
      own = { cursor, state: snapshot as State }
      pages = []
      void load()
    },
    take: (update: Segment) => {
      const state = own
      if (state === null) return false
      const places = [state, ...pages]
      const folds = [
        () => {
          state.state = fold(state.state, update as Update)
        },
        ...pages.map((page) => () => foldChart(page.bars, INTERVALS[page.interval], partFor(page, update as Update))),
      ]
      return places.map((place, i) => follow(place, update, folds[i] ?? (() => {}))).every(Boolean)
    },
  }
}
