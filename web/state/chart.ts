import { type Signal, signal } from '@preact/signals'
import type { CandlesReply } from '../../wire/api.ts'
import { standing } from '../../wire/cursors.ts'
import { type Candle, INTERVALS, type Interval } from '../../wire/market.ts'
import type { Cursor, Update } from '../../wire/protocol.ts'
import { foldInto, mergeInto } from './fold.ts'
import { createPages } from './pages.ts'

/** The most candles kept of one chart, older ones that were asked for by panning included. */
const MOST_CANDLES = 6_000
const MOST_WAITING = 2_000

/** Where a chart stands. `error` is for people, and what was read before it stays; `older` says that there may be more candles to the left. */
export type ChartState = {
  symbol: string
  interval: Interval
  phase: 'loading' | 'ready' | 'error'
  error: string | null
  candles: readonly Candle[]
  older: boolean
  /** Its past is being written right now: bars before the first one come in. */
  filling: boolean
  /** Counts up with each change, so that a view knows when to draw. */
  version: number
}

export type LoadCandles = (symbol: string, interval: Interval, before?: number) => Promise<CandlesReply>

/** History that could not be read is read again after so many ticks: seconds. */
const AGAIN = 4

/** Candles in one page of history. */
export const PAGE = 500

/**
 * The chart of one symbol: history as of a cursor, and the stream above it. What the stream brings while history is
 * read waits; a hole between the two, or in the stream, means that history is read anew. What the stream changes is shown at the next
 * {@link flush}, once a frame; `wake` asks for one.
 */
export const createChart = (load: LoadCandles, wake: () => void) => {
  const state: Signal<ChartState | null> = signal(null)
  let candles: Candle[] = []
  const pages = createPages()
  let cursor: Cursor | null = null
  let waiting: Update[] = []
  let turns = 0
  /** The reading that is under way; 0: none. */
  let loading = 0
  let loadingOlder = false
  let changed = false
  /** Trades came that belong before the first bar: there is more history than was read. */
  let behind = false
  let ticks = 0

  const publish = (change: Partial<ChartState>): void => {
    changed = false
    if (state.value) state.value = { ...state.value, ...change, candles, version: state.value.version + 1 }
  }

  const apply = (update: Update, interval: number): boolean => {
    const stands = cursor === null ? 'gap' : standing(cursor, update)
    if (stands !== 'next') return stands === 'repeat'
    cursor = { epoch: update.epoch, seq: update.seq }
    const first = candles[0]?.t ?? 0
    for (const { t } of update.trades ?? update.candles ?? []) behind ||= t < first
    for (const trade of update.trades ?? [])
      if (pages.has(trade.t, update) === 'none') foldInto(candles, trade, interval)
    for (const minute of update.candles ?? []) {
      const had = pages.has(minute.t, update)
      if (had === 'part') return false
      if (had === 'none') mergeInto(candles, minute, interval)
    }
    return true
  }

  const adopt = (reply: CandlesReply): boolean => {
    candles = [...reply.candles]
    pages.clear()
    cursor = reply.cursor
    const interval = INTERVALS[reply.interval]
    const held = waiting
    waiting = []
    // Updates of a life of the counter that has ended meanwhile, or before it began, are in the history already.
    return held.filter(({ epoch }) => epoch === reply.cursor.epoch).every((update) => apply(update, interval))
  }

  const read = async (symbol: string, interval: Interval): Promise<void> => {
    const turn = ++turns
    loading = turn
    waiting = []
    try {
      const reply = await load(symbol, interval)
      if (turn !== loading) return
      loading = 0
      if (!adopt(reply)) return void read(symbol, interval)
      publish({ phase: 'ready', error: null, older: reply.candles.length >= PAGE })
    } catch (error) {
      if (turn !== loading) return
      loading = 0
      ticks = 0
      cursor = null
      publish({ phase: 'error', error: error instanceof Error ? error.message : 'History could not be loaded.' })
    }
  }

  const reload = (): void => {
    const shown = state.value
    if (!shown) return
    if (shown.phase === 'error' && candles.length === 0) publish({ phase: 'loading', error: null })
    void read(shown.symbol, shown.interval)
  }

  const open = (symbol: string, interval: Interval): void => {
    const shown = state.value
    if (shown?.symbol === symbol && shown.interval === interval) return
    candles = []
    pages.clear()
    cursor = null
    behind = false
    state.value = { symbol, interval, phase: 'loading', error: null, candles, older: false, filling: false, version: 0 }
    void read(symbol, interval)
  }

  const close = (): void => {
    loading = 0
    state.value = null
    candles = []
    cursor = null
  }

  const update = (symbol: string, update: Update): void => {
    const shown = state.value
    if (shown?.symbol !== symbol) return
    if (loading !== 0) {
      if (waiting.length < MOST_WAITING) waiting.push(update)
      return
    }
    if (cursor === null) return
    if (!apply(update, INTERVALS[shown.interval])) reload()
    else if (update.trades || update.candles) {
      changed = true
      wake()
    }
  }

  /** The symbol's stream starts anew at `at`: fine where the chart stands there already, else history is read again. */
  const snapshot = (symbol: string, at: Cursor): void => {
    if (state.value?.symbol !== symbol || loading !== 0 || cursor === null) return
    if (cursor.epoch !== at.epoch || cursor.seq < at.seq) reload()
  }

  /** Reads one page more of the past. */
  const loadOlder = async (): Promise<void> => {
    const shown = state.value
    const first = candles[0]
    if (loadingOlder || !first || shown?.phase !== 'ready' || !shown.older || candles.length >= MOST_CANDLES) return
    loadingOlder = true
    try {
      const { candles: page, cursor: asOf } = await load(shown.symbol, shown.interval, first.t)
      if (candles[0] !== first || state.value?.symbol !== shown.symbol) return
      pages.add(first.t, asOf)
      candles = [...page.filter(({ t }) => t < first.t), ...candles]
      publish({ older: page.length >= PAGE })
    } catch {
      // Asked for again when one looks further back.
    } finally {
      loadingOlder = false
    }
  }

  /**
   * Comes once a second: reads history again where trades came that are older than it, until it fills a page. Then older ones are read
   * when they are looked at. Where history could not be read it is tried again.
   */
  const tick = (): void => {
    const shown = state.value
    if (shown?.phase === 'error' && loading === 0 && ++ticks % AGAIN === 0) reload()
    if (shown?.phase !== 'ready') return
    const filling = behind && !shown.older
    behind = false
    if (filling !== shown.filling) publish({ filling })
    if (filling && loading === 0) void read(shown.symbol, shown.interval)
  }

  const flush = (): void => {
    if (changed) publish({})
  }

  return { state, open, close, reload, update, snapshot, loadOlder, tick, flush }
}
export type Chart = ReturnType<typeof createChart>
