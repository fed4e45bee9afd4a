import { type Signal, signal } from '@preact/signals'
import type { Interval } from '../../wire/market.ts'
import type { Cursor, Update } from '../../wire/protocol.ts'
import { PAGE } from './api.ts'
import { createCandleSeries } from './candle-series.ts'
import { type ChartState, newChart } from './chart-state.ts'
import { createHistoryReading, type LoadCandles } from './history-reading.ts'
import { createOlder } from './older-candles.ts'

/** History that could not be read is read again after so many ticks: seconds. */
const AGAIN = 4

/** Whether candles that stand at `cursor` lack something of a stream that stands at `at`. */
const isBehind = (cursor: Cursor, at: Cursor): boolean => cursor.epoch !== at.epoch || cursor.seq < at.seq

/**
 * The chart of one symbol. A hole between history and stream, or in the stream, means that history is read anew. What
 * the stream changes is shown at the next `flush`, once a frame; `wake` asks for one. `moment`: on a floor of the past,
 * where its clock stands.
 */
export const createChart = (load: LoadCandles, wake: () => void, moment?: () => number) => {
  const state: Signal<ChartState | null> = signal(null)
  const series = createCandleSeries()
  let changed = false
  let failedFor = 0
  /** What history was read as of last; null on the live floor. */
  let asOf: number | null = null
  /** Where the stream began anew while history was being read, which may be older than that. */
  let least: Cursor | null = null
  /** The candles are of another moment, and only shown until history is read. */
  let former = false

  const publish = (change: Partial<ChartState>): void => {
    changed = false
    const shown = state.value
    if (shown) state.value = { ...shown, ...change, candles: series.candles(), version: shown.version + 1 }
  }
  const reading = createHistoryReading(load, {
    done: (reply, held) => {
      former = false
      if (!series.adopt(reply, held, asOf)) return reload()
      const cursor = series.cursor()
      if (least !== null && cursor !== null && isBehind(cursor, least)) return reload()
      const { candles, changed: late } = reply
      publish({ phase: 'ready', error: null, older: candles.length >= PAGE, changed: new Set(late) })
    },
    failed: (error) => {
      failedFor = 0
      if (former) series.clear()
      else series.lose()
      publish({ phase: 'error', error })
    },
  })
  const loadOlder = createOlder(load, state, series, publish)

  /** `told`: up to when the stream has told everything, so that what it tells next follows. */
  const read = (symbol: string, interval: Interval, told?: number): void => {
    const at = moment && Math.floor(told ?? moment())
    asOf = at ?? null
    least = null
    void reading.read(symbol, interval, at)
  }

  const reload = (told?: number): void => {
    const shown = state.value
    if (!shown) return
    const blank = shown.phase === 'error' || shown.phase === 'refused'
    if (blank && shown.candles.length === 0) publish({ phase: 'loading', error: null })
    read(shown.symbol, shown.interval, told)
  }

  const open = (symbol: string, interval: Interval): void => {
    const shown = state.value
    if (shown?.symbol === symbol && shown.interval === interval) return
    series.clear()
    former = false
    state.value = newChart(symbol, interval)
    read(symbol, interval)
  }

  const close = (): void => {
    reading.stop()
    state.value = null
    series.clear()
  }

  const update = (symbol: string, update: Update): void => {
    const shown = state.value
    if (shown?.symbol !== symbol) return
    if (reading.isUnderWay()) reading.hold(update)
    else if (series.isLost()) return
    else if (!series.apply(update, shown.interval)) reload(update.at)
    else if (update.trades || update.candles) {
      changed = true
      wake()
    }
  }

  /** The symbol's stream starts anew at `at`: fine where the chart stands there already, else history is read again. */
  const snapshot = (symbol: string, at: Cursor): void => {
    const shown = state.value
    if (shown?.symbol !== symbol) return
    const cursor = series.cursor()
    // Numbers of the past say nothing of history. What came since it was read is not in it.
    if (moment) {
      if (shown.phase === 'refused' || (asOf !== null && asOf < moment())) reload()
    } else if (reading.isUnderWay()) least = at
    // One that was refused may be seen again.
    else if ((cursor !== null && isBehind(cursor, at)) || shown.phase === 'refused') reload()
  }

  /** All comes anew, as of another moment. */
  const rewind = (): void => {
    former = true
    series.lose()
    reload()
  }

  const withhold = (symbol: string): void => {
    if (state.value?.symbol !== symbol) return
    reading.stop()
    series.clear()
    publish({ phase: 'refused', error: null, older: false, filling: false })
  }

  /** Once a second: tries again what failed, and reads history again while older trades come, until it fills a page. */
  const tick = (): void => {
    const shown = state.value
    if (shown?.phase === 'error' && !reading.isUnderWay() && ++failedFor % AGAIN === 0) reload()
    if (shown?.phase !== 'ready') return
    const filling = series.takeBehind() && !shown.older
    if (filling !== shown.filling) publish({ filling })
    if (filling && !reading.isUnderWay()) read(shown.symbol, shown.interval)
  }

  const flush = (): void => {
    if (changed) publish({})
  }

  return { state, open, close, reload: () => reload(), update, snapshot, rewind, withhold, loadOlder, tick, flush }
}
export type Chart = ReturnType<typeof createChart>
