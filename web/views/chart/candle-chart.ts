import { Chart } from 'chart.js'
import type { Candle } from '../../../wire/market.ts'
import { edges, type Window } from '../../state/bars.ts'
import { NOTHING } from '../../state/format.ts'
import { createGaps, type GapMark, gapMarks } from '../../state/gaps.ts'
import { longestPrices, type PriceAxis, priceAxis, priceOn } from '../../state/price-axis.ts'
import { type Strip, timeTicks } from '../../state/ticks.ts'
import { colour } from '../shared/theme.ts'
import { barColours, candleConfig, EDGE } from './candle-config.ts'
import type { Bar } from './candlesticks.ts'
import type { Overlay } from './overlay.ts'
import { dayAndTime, WALL_CLOCK } from './wall-clock.ts'

/** A bar that the pointer is over, and the price at its height. */
export type Pointed = { index: number; x: number; y: number }

/** Volume takes this share of the chart's height, at its foot. */
const VOLUME_SHARE = 0.18
/** Pixels of an axis's letters, of a price beside its text, and from one price to the next. */
const LETTERS = 11
const BESIDE_PRICE = 16
const PRICE_ROOM = 42

type Tick = { value: number }

/**
 * Draws candles on a canvas with Chart.js. `draw` shows the bars of a window, `point` moves only what lies over them.
 * Bars stand by number, not by time: quiet minutes have no bar and leave no hole, but an unusually long gap is marked.
 */
export const mountCandles = (canvas: HTMLCanvasElement) => {
  let candles: readonly Candle[] = []
  let pointed: Pointed | null = null
  let prices: PriceAxis | null = null
  let gaps: GapMark[] = []
  let family = ''
  let axisWidth = 0
  const gapsOf = createGaps()

  const price = (value: number | undefined): string =>
    value === undefined || prices === null ? NOTHING : priceOn(prices, value)
  const overlay = ({ scales }: Pick<Chart, 'scales'>): Overlay => {
    const { x, y } = scales
    const newest = candles.at(-1)
    const bar = pointed && candles[pointed.index]
    return {
      cross:
        pointed && bar && x && y
          ? {
              x: x.getPixelForValue(pointed.index),
              y: pointed.y,
              time: dayAndTime(bar.t),
              price: price(y.getValueForPixel(pointed.y)),
            }
          : null,
      last:
        newest && y
          ? {
              y: y.getPixelForValue(newest.close),
              price: price(newest.close),
              colour: colour(newest.close >= newest.open ? 'up' : 'down'),
            }
          : null,
      gaps,
      colours: {
        cross: colour('chart-cross'),
        label: colour('line-strong'),
        onLabel: colour('text'),
        ground: colour('ground'),
        gap: colour('text-faint'),
        panel: colour('panel'),
      },
      font: family,
    }
  }

  const chart: Chart<'candlestick', Bar[]> = new Chart(
    canvas,
    candleConfig((drawn) => overlay(drawn)),
  )
  const scale = (name: 'x' | 'y' | 'volume', change: object, ticks: object = {}): void => {
    const options = chart.options.scales?.[name]
    Object.assign(options ?? {}, change)
    Object.assign(options?.ticks ?? {}, ticks)
  }
  const widthOf = (text: string): number => {
    chart.ctx.font = `500 ${LETTERS}px ${family}`
    return chart.ctx.measureText(text).width
  }

  const restyle = (): void => {
    family = getComputedStyle(canvas).fontFamily
    for (const dataset of chart.data.datasets) Object.assign(dataset, { colours: barColours() })
    for (const name of ['x', 'y'] as const) {
      scale(name, {}, { color: colour('text-faint'), font: { family, size: LETTERS } })
      Object.assign(chart.options.scales?.[name]?.grid ?? {}, { color: colour('chart-grid') })
    }
  }

  const setTimeAxis = (strip: Strip): void => {
    const ticks = timeTicks(candles, strip, WALL_CLOCK)
    canvas.dataset.times = ticks.map(({ label }) => label).join(' ')
    const afterBuildTicks = (built: { ticks: Tick[] }) => {
      built.ticks = ticks.map(({ index }) => ({ value: index }))
    }
    scale(
      'x',
      { min: strip.left, max: strip.right, afterBuildTicks },
      { callback: (_: unknown, i: number) => ticks[i]?.label },
    )
  }

  /** A label that the tag of the last price would cover in part is left out. */
  const covered = (value: number, { min, max }: PriceAxis): boolean =>
    Math.abs(value - (candles.at(-1)?.close ?? Number.NaN)) * chart.height < 16 * (max - min)

  /** Sets the price axis, as wide as its longest price: nothing on it is cut, and the legend knows where it begins. */
  const setPriceAxis = (seen: readonly Candle[]): void => {
    const axis = priceAxis(seen, Math.max(3, Math.floor(chart.height / PRICE_ROOM)))
    if (axis === null) return
    prices = axis
    const { min, max, ticks } = axis
    const labels = ticks.map((value) => (covered(value, axis) ? '' : price(value)))
    canvas.dataset.prices = labels.filter((label) => label !== '').join(' ')
    const width = Math.ceil(Math.max(...longestPrices(axis, candles.at(-1)?.close ?? min).map(widthOf))) + BESIDE_PRICE
    if (width !== axisWidth) canvas.parentElement?.style.setProperty('--axis', `${width + EDGE}px`)
    axisWidth = width
    const afterBuildTicks = (built: { ticks: Tick[] }) => {
      built.ticks = ticks.map((value) => ({ value }))
    }
    const afterFit = (fitted: { width: number }) => {
      fitted.width = axisWidth
    }
    scale('y', { min, max, afterBuildTicks, afterFit }, { callback: (_: unknown, i: number) => labels[i] })
    const volume = seen.reduce((most, candle) => Math.max(most, candle.volume), 0)
    scale('volume', { min: 0, max: (volume || 1) / VOLUME_SHARE })
  }

  return {
    restyle,
    /** `interval`: milliseconds of a bar. */
    draw: (next: readonly Candle[], window: Window, interval: number): void => {
      candles = next
      const { left, right } = edges(window, candles.length)
      const from = Math.max(0, Math.floor(left))
      const seen = candles.slice(from, Math.max(0, Math.ceil(right) + 1))
      const data = seen.map((candle, i) => ({ x: from + i, y: candle.close, candle }))
      for (const dataset of chart.data.datasets) dataset.data = data
      setPriceAxis(seen)
      const strip = { left, right, width: chart.width - axisWidth - EDGE, widthOf }
      gaps = gapMarks(gapsOf(candles, interval, from, Math.floor(right)), strip)
      canvas.dataset.gaps = String(gaps.length)
      setTimeAxis(strip)
      chart.update('none')
    },
    /** The bar under a place of the canvas; null where there is none. */
    at: (x: number, y: number): Pointed | null => {
      const { left, right, top, bottom } = chart.chartArea
      if (x < left || x > right || y < top || y > bottom) return null
      const index = Math.round(chart.scales.x?.getValueForPixel(x) ?? -1)
      return index >= 0 && index < candles.length ? { index, x, y } : null
    },
    point: (next: Pointed | null): void => {
      pointed = next
      chart.draw()
    },
    resize: (width: number, height: number): void => chart.resize(width, height),
    destroy: (): void => chart.destroy(),
  }
}
export type CandleChart = ReturnType<typeof mountCandles>
