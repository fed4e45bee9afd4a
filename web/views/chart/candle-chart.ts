import { Chart } from 'chart.js'
import type { Candle } from '../../../wire/market.ts'
import { edges, type Window } from '../../state/bars.ts'
import { createGaps, type GapMark, gapMarks } from '../../state/gaps.ts'
import { colour } from '../shared/theme.ts'
import { createAxes } from './axes.ts'
import { barColours, candleConfig, EDGE } from './candle-config.ts'
import type { Bar } from './candlesticks.ts'
import type { Overlay } from './overlay.ts'
import { timeOfBar } from './wall-clock.ts'

/** A bar that the pointer is over, and where on the canvas the pointer is. */
export type Pointed = { index: number; x: number; y: number }

const overlayColours = (): Overlay['colours'] => ({
  cross: colour('chart-cross'),
  label: colour('line-strong'),
  onLabel: colour('text'),
  ground: colour('ground'),
  gap: colour('text-faint'),
  panel: colour('panel'),
  changed: colour('warn'),
})

/**
 * Draws candles on a canvas with Chart.js. `draw` shows the bars of a window, `point` moves only what lies over them.
 * Bars stand by number, not by time: quiet minutes have no bar and leave no hole, but an unusually long gap is marked.
 */
export const mountCandles = (canvas: HTMLCanvasElement) => {
  let candles: readonly Candle[] = []
  let pointed: Pointed | null = null
  let gaps: GapMark[] = []
  let changed: { index: number; low: number }[] = []
  let font = ''
  let interval = 0
  const gapsOf = createGaps()

  const cross = ({ x, y }: Chart['scales']): Overlay['cross'] => {
    const bar = pointed && candles[pointed.index]
    if (!pointed || !bar || !x || !y) return null
    const price = axes.price(y.getValueForPixel(pointed.y))
    return { x: x.getPixelForValue(pointed.index), y: pointed.y, time: timeOfBar(bar.t, interval), price }
  }
  const last = ({ y }: Chart['scales']): Overlay['last'] => {
    const newest = candles.at(-1)
    if (!newest || !y) return null
    const way = newest.close >= newest.open ? 'up' : 'down'
    return { y: y.getPixelForValue(newest.close), price: axes.price(newest.close), colour: colour(way) }
  }
  const marks = ({ x, y }: Chart['scales']): Overlay['changed'] =>
    x && y ? changed.map(({ index, low }) => ({ x: x.getPixelForValue(index), y: y.getPixelForValue(low) })) : []
  const overlay = ({ scales }: Pick<Chart, 'scales'>): Overlay => ({
    cross: cross(scales),
    last: last(scales),
    gaps,
    changed: marks(scales),
    colours: overlayColours(),
    font,
  })
  const chart: Chart<'candlestick', Bar[]> = new Chart(canvas, candleConfig(overlay))
  const axes = createAxes(chart)

  return {
    restyle: (): void => {
      font = getComputedStyle(canvas).fontFamily
      for (const dataset of chart.data.datasets) Object.assign(dataset, { colours: barColours() })
      axes.restyle(font)
    },
    /** `step`: milliseconds of a bar; `late`: starts of bars that late trades changed. */
    draw: (next: readonly Candle[], window: Window, step: number, late: ReadonlySet<number>): void => {
      candles = next
      interval = step
      const { left, right } = edges(window, candles.length)
      const from = Math.max(0, Math.floor(left))
      const seen = candles.slice(from, Math.max(0, Math.ceil(right) + 1))
      const data = seen.map((candle, i) => ({ x: from + i, y: candle.close, candle }))
      for (const dataset of chart.data.datasets) dataset.data = data
      changed = seen.flatMap(({ t, low }, i) => (late.has(t) ? [{ index: from + i, low }] : []))
      canvas.dataset.changed = String(changed.length)
      axes.setPrices(seen, candles.at(-1))
      const strip = { left, right, width: chart.width - axes.width() - EDGE, widthOf: axes.widthOf }
      gaps = gapMarks(gapsOf(candles, interval, from, Math.floor(right)), strip)
      canvas.dataset.gaps = String(gaps.length)
      axes.setTimes(candles, strip, interval)
      chart.update('none')
    },
    /** The bar under a place of the canvas; null where there is none. */
    at: (x: number, y: number): Pointed | null => {
      const { left, right, top, bottom } = chart.chartArea
      if (x < left || x > right || y < top || y > bottom) return null
      const index = Math.round(chart.scales.x?.getValueForPixel(x) ?? -1)
      return index >= 0 && index < candles.length ? { index, x, y } : null
    },
    /** Where a bar stands, in pixels from the left. */
    xOf: (index: number): number => chart.scales.x?.getPixelForValue(index) ?? 0,
    point: (next: Pointed | null): void => {
      pointed = next
      chart.draw()
    },
    resize: (width: number, height: number): void => chart.resize(width, height),
    destroy: (): void => chart.destroy(),
  }
}
export type CandleChart = ReturnType<typeof mountCandles>
