import type { Signal } from '@preact/signals'
import { INTERVALS } from '../../../wire/market.ts'
import { firstWindow, followWindow, type Window } from '../../state/bars.ts'
import type { ChartState } from '../../state/chart-state.ts'
import type { CandleChart } from './candle-chart.ts'

/** Trades are shown at most so often, in milliseconds; what a person does to the chart is shown in the next frame. */
const TRADES_EVERY = 80

export type PlotterOptions = {
  candles: Pick<CandleChart, 'draw'>
  state: () => ChartState | null
  window: Signal<Window>
  width: () => number
}

/**
 * Decides when the plot is drawn, and keeps its window right: a new symbol or interval begins at the newest bars, and a
 * new bar is followed. `draw` returns whether it has to be called again.
 */
export const createPlotter = ({ candles, state, window, width }: PlotterOptions) => {
  let shown: ChartState | null = null
  /** Of what was drawn: the candles themselves go on changing. */
  let bars = { first: 0, count: 0 }
  let seen: Window | null = null
  /** The window as it was chosen here: as long as nobody moved it, it is fitted to what comes. */
  let fitted: Window | null = null
  let drawnAt = Number.NEGATIVE_INFINITY

  const keepWindow = (next: ChartState): void => {
    const other = shown?.symbol !== next.symbol || shown.interval !== next.interval
    const fit = firstWindow(width(), next.candles.length)
    if (other || (window.peek() === fitted && fitted.count !== fit.count)) window.value = fitted = fit
    else if (bars.first === next.candles[0]?.t && next.candles.length > bars.count)
      window.value = followWindow(window.peek(), next.candles.length - bars.count)
  }

  return {
    /** The plot has to be drawn whatever was drawn: its size or its colours have changed. */
    invalidate: (): void => {
      seen = null
    },
    draw: (steady: number): boolean => {
      const next = state()
      const same =
        shown?.version === next?.version && shown?.symbol === next?.symbol && shown?.interval === next?.interval
      if (next === null || (same && seen === window.peek())) return false
      if (seen === window.peek() && shown?.symbol === next.symbol && steady - drawnAt < TRADES_EVERY) return true
      keepWindow(next)
      shown = next
      bars = { first: next.candles[0]?.t ?? 0, count: next.candles.length }
      seen = window.peek()
      drawnAt = steady
      candles.draw(next.candles, seen, INTERVALS[next.interval], next.changed)
      return false
    },
  }
}
