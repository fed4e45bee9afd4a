import type { Candle, Interval } from '../../wire/market.ts'

/**
 * Where a chart stands. `error` is for people, and what was read before it stays; `refused`: this person may not see
 * it, and nothing stays; `older`: there may be more candles to
 * the left.
 */
export type ChartState = {
  symbol: string
  interval: Interval
  phase: 'loading' | 'ready' | 'error' | 'refused'
  error: string | null
  candles: readonly Candle[]
  older: boolean
  /** Starts of candles that late trades changed. */
  changed: ReadonlySet<number>
  /** Its past is being written right now: bars before the first one come in. */
  filling: boolean
  /** Counts up with each change, so that a view knows when to draw. */
  version: number
}

const NONE: ReadonlySet<number> = new Set()

export const newChart = (symbol: string, interval: Interval): ChartState => ({
  ...{ symbol, interval, phase: 'loading', error: null },
  ...{ candles: [], older: false, changed: NONE, filling: false, version: 0 },
})
