import { effect, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Candle } from '../../../wire/market.ts'
import { type Window, windowAt } from '../../state/bars.ts'
import { useFloor } from '../shared/floor-context.ts'

/** The most pages of candles that are read on the way to a moment. */
const MOST_PAGES = 12

/** The bar that a time is in, or the last one before it; -1: all that is loaded is newer. */
const barAt = (candles: readonly Candle[], t: number): number => candles.findLastIndex((candle) => candle.t <= t)

/** Moves the chart to a moment that somebody opened, as far back as there are candles. */
export const useMoment = (window: Signal<Window>): void => {
  const { aims, chart, frames } = useFloor()
  useEffect(() => {
    let pages = 0
    return effect(() => {
      const [t, state] = [aims.moment.value, chart.state.value]
      if (t === null) pages = 0
      if (t === null || state?.phase !== 'ready') return
      const { candles, older } = state
      const bar = barAt(candles, t)
      if (bar < 0 && older && pages++ < MOST_PAGES) {
        void chart.loadOlder()
        return
      }
      aims.moment.value = null
      window.value = windowAt(window.peek(), Math.max(0, bar), candles.length)
      frames.wake()
    })
  }, [aims, chart, frames, window])
}
