import type { Chart } from 'chart.js'
import type { Candle } from '../../../wire/market.ts'
import { NOTHING } from '../../state/format.ts'
import { longestPrices, type PriceAxis, priceAxis, priceOn } from '../../state/price-axis.ts'
import { type Strip, timeTicks } from '../../state/ticks.ts'
import { colour } from '../shared/theme.ts'
import { EDGE } from './candle-config.ts'
import type { Bar } from './candlesticks.ts'
import { clockOf } from './wall-clock.ts'

/** Volume takes this share of the chart's height, at its foot. */
const VOLUME_SHARE = 0.18
/** Pixels of an axis's letters, of a price beside its text, and from one price to the next. */
const LETTERS = 11
const BESIDE_PRICE = 16
const PRICE_ROOM = 42

type Tick = { value: number }
/** What an axis is given before each drawing: Chart.js takes its marks by this function. */
const fixed = (values: readonly number[]) => (axis: { ticks: Tick[] }) => {
  axis.ticks = values.map((value) => ({ value }))
}

/** The axes of a candle chart: prices at the right, times at the foot, and the scale of the volume. */
export const createAxes = (chart: Chart<'candlestick', Bar[]>) => {
  const { canvas } = chart
  let family = ''
  let width = 0
  let prices: PriceAxis | null = null

  const scale = (name: 'x' | 'y' | 'volume', change: object, ticks: object = {}): void => {
    const options = chart.options.scales?.[name]
    Object.assign(options ?? {}, change)
    Object.assign(options?.ticks ?? {}, ticks)
  }
  const widthOf = (text: string): number => {
    chart.ctx.font = `500 ${LETTERS}px ${family}`
    return chart.ctx.measureText(text).width
  }
  /** A price as the axis would show it. */
  const price = (value: number | undefined): string =>
    value === undefined || prices === null ? NOTHING : priceOn(prices, value)
  const setWidth = (next: number): void => {
    if (next !== width) canvas.parentElement?.style.setProperty('--axis', `${next + EDGE}px`)
    width = next
  }

  return {
    price,
    widthOf,
    width: (): number => width,
    restyle: (font: string): void => {
      family = font
      for (const name of ['x', 'y'] as const) {
        scale(name, {}, { color: colour('text-faint'), font: { family, size: LETTERS } })
        Object.assign(chart.options.scales?.[name]?.grid ?? {}, { color: colour('chart-grid') })
      }
    },
    /** `interval`: milliseconds of a bar. */
    setTimes: (candles: readonly Candle[], strip: Strip, interval: number): void => {
      const ticks = timeTicks(candles, strip, clockOf(interval))
      canvas.dataset.times = ticks.map(({ label }) => label).join(' ')
      const afterBuildTicks = fixed(ticks.map(({ index }) => index))
      const callback = (_: unknown, i: number) => ticks[i]?.label
      scale('x', { min: strip.left, max: strip.right, afterBuildTicks }, { callback })
    },
    /** As wide as the longest price, so that none is cut, and the legend knows where the axis begins. */
    setPrices: (seen: readonly Candle[], newest: Candle | undefined): void => {
      const axis = priceAxis(seen, Math.max(3, Math.floor(chart.height / PRICE_ROOM)))
      if (axis === null) return
      prices = axis
      const { min, max, ticks } = axis
      const close = newest?.close ?? min
      // The tag of the last price would cover a label so near to it in part.
      const isCovered = (value: number): boolean => Math.abs(value - close) * chart.height < 16 * (max - min)
      const labels = ticks.map((value) => (isCovered(value) ? '' : price(value)))
      canvas.dataset.prices = labels.filter((label) => label !== '').join(' ')
      setWidth(Math.ceil(Math.max(...longestPrices(axis, close).map(widthOf))) + BESIDE_PRICE)
      const afterFit = (fitted: { width: number }) => {
        fitted.width = width
      }
      const callback = (_: unknown, i: number) => labels[i]
      scale('y', { min, max, afterBuildTicks: fixed(ticks), afterFit }, { callback })
      const volume = seen.reduce((most, candle) => Math.max(most, candle.volume), 0)
      scale('volume', { min: 0, max: (volume || 1) / VOLUME_SHARE })
    },
  }
}
