import type { ReadonlySignal } from '@preact/signals'
import { PAGE } from './api.ts'
import type { CandleSeries } from './candle-series.ts'
import type { ChartState } from './chart-state.ts'
import type { LoadCandles } from './history-reading.ts'

/** Reads one page more of a chart's past each time it is called, one at a time. */
export const createOlder = (
  load: LoadCandles,
  state: ReadonlySignal<ChartState | null>,
  series: CandleSeries,
  publish: (change: Partial<ChartState>) => void,
) => {
  let loading = false
  return async (): Promise<void> => {
    const shown = state.value
    const [first] = series.candles()
    if (loading || !first || shown?.phase !== 'ready' || !shown.older || !series.hasRoom()) return
    loading = true
    try {
      const page = await load(shown.symbol, shown.interval, first.t)
      if (state.value?.symbol === shown.symbol && series.prepend(page, first))
        publish({ older: page.candles.length >= PAGE })
    } catch {
      // Asked for again when one looks further back.
    } finally {
      loading = false
    }
  }
}
