import type { ReadonlySignal } from '@preact/signals'
import type { CandlesReply } from '../../wire/api.ts'
import { PAGE } from './api.ts'
import type { CandleSeries } from './candle-series.ts'
import type { ChartState } from './chart-state.ts'
import type { LoadCandles } from './history-reading.ts'

/** Starts of candles that late trades changed, with those of a page more. */
const withChanged = (known: ReadonlySet<number>, { changed = [] }: CandlesReply): ReadonlySet<number> =>
  changed.length === 0 ? known : new Set([...known, ...changed])

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
        publish({ older: page.candles.length >= PAGE, changed: withChanged(shown.changed, page) })
    } catch {
      // Asked for again when one looks further back.
    } finally {
      loading = false
    }
  }
}
