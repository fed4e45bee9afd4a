import { Chart, type ChartConfiguration, LinearScale } from 'chart.js'
import type { Candle } from '../../../wire/market.ts'
import { edges, type Window } from '../../state/bars.ts'
import { formatPrice, priceDecimals } from '../../state/format.ts'
import { timeTicks } from '../../state/ticks.ts'
import { colour } from '../shared/theme.ts'
import { BAR_PARTS, type Bar } from './candlesticks.ts'
import { type Overlay, overlayPlugin } from './parts.ts'

Chart.register(LinearScale, ...BAR_PARTS)

/** A bar that the pointer is over, and the price at its height. */
export type Pointed = { index: number; x: number; y: number }

/** Room above the highest and below the lowest price; below, volume has its place. */
const ABOVE = 0.15
const BELOW = 0.3
/** Volume takes this share of the chart's height, at its foot. */
const VOLUME_SHARE = 0.18

const zone = (t: number): number => -new Date(t).getTimezoneOffset()
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const calendar = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const time = (t: number): string => clock.format(t)
const day = (t: number): string => calendar.format(t)

const colours = () => ({
  up: colour('up'),
  down: colour('down'),
  upGround: colour('up-ground'),
  downGround: colour('down-ground'),
})

const config = (overlay: (chart: Chart<'candlestick'>) => Overlay): ChartConfiguration<'candlestick', Bar[]> => ({
  type: 'candlestick',
  data: {
    datasets: [
      { type: 'volume', data: [], colours: colours(), yAxisID: 'volume' } as never,
      { type: 'candlestick', data: [], colours: colours(), yAxisID: 'y' } as never,
    ],
  },
  options: {
    animation: false,
    responsive: false,
    maintainAspectRatio: false,
    normalized: true,
    events: [],
    layout: { padding: { top: 4, right: 4 } },
    scales: {
      x: {
        type: 'linear',
        grid: { tickLength: 0 },
        border: { display: false },
        ticks: { autoSkip: false, maxRotation: 0, padding: 6 },
      },
      y: {
        type: 'linear',
        position: 'right',
        border: { display: false },
        grid: { tickLength: 0 },
        ticks: { padding: 8 },
      },
      volume: { type: 'linear', display: false, beginAtZero: true },
    },
  } as never,
  plugins: [overlayPlugin(overlay)],
})

const range = (seen: readonly Candle[]): { low: number; high: number; volume: number } => {
  let [low, high, volume] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const candle of seen) {
    low = Math.min(low, candle.low)
    high = Math.max(high, candle.high)
    volume = Math.max(volume, candle.volume)
  }
  return { low, high, volume }
}

/**
 * Draws candles on a canvas with Chart.js. {@link draw} shows the bars of a window, {@link point} moves only what lies over them.
 * Bars stand by number, not by time: quiet minutes have no bar and leave no hole.
 */
export const mountCandles = (canvas: HTMLCanvasElement) => {
  let candles: readonly Candle[] = []
  let pointed: Pointed | null = null
  let decimals = 2
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
              time: `${day(bar.t)} ${time(bar.t)}`,
              price: formatPrice(y.getValueForPixel(pointed.y), decimals),
            }
          : null,
      last:
        newest && y
          ? {
              y: y.getPixelForValue(newest.close),
              price: formatPrice(newest.close, decimals),
              colour: colour(newest.close >= newest.open ? 'up' : 'down'),
            }
          : null,
      colours: {
        cross: colour('chart-cross'),
        label: colour('line-strong'),
        onLabel: colour('text'),
        ground: colour('ground'),
      },
      font: getComputedStyle(canvas).fontFamily,
    }
  }

  const chart: Chart<'candlestick', Bar[]> = new Chart(
    canvas,
    config((drawn) => overlay(drawn)),
  )

  const restyle = (): void => {
    const font = { family: getComputedStyle(canvas).fontFamily, size: 11 }
    for (const dataset of chart.data.datasets) Object.assign(dataset, { colours: colours() })
    for (const name of ['x', 'y']) {
      const scale = chart.options.scales?.[name]
      Object.assign(scale?.ticks ?? {}, { color: colour('text-faint'), font })
      Object.assign(scale?.grid ?? {}, { color: colour('chart-grid') })
    }
  }

  const setTimeAxis = (left: number, right: number): void => {
    const most = Math.max(2, Math.floor(chart.width / 90))
    const ticks = timeTicks(candles, left, right, most, zone(candles.at(-1)?.t ?? 0))
    Object.assign(chart.options.scales?.x ?? {}, {
      min: left,
      max: right,
      afterBuildTicks: (scale: { ticks: { value: number; label: string }[] }) => {
        scale.ticks = ticks.map(({ index, t, newDay }) => ({ value: index, label: newDay ? day(t) : time(t) }))
      },
    })
    Object.assign(chart.options.scales?.x?.ticks ?? {}, {
      callback: (_: unknown, i: number) => {
        const tick = ticks[i]
        return tick && (tick.newDay ? day(tick.t) : time(tick.t))
      },
    })
  }

  /** A label that the tag of the last price would cover in part is left out. */
  const covered = (value: number, span: number): boolean =>
    Math.abs(value - (candles.at(-1)?.close ?? Number.NaN)) * chart.height < 16 * span

  const setPriceAxis = (seen: readonly Candle[]): void => {
    const { low, high, volume } = range(seen)
    if (seen.length === 0) return
    const span = high - low || Math.abs(high) * 0.002 || 1
    decimals = Math.max(...seen.slice(-30).map(({ close }) => priceDecimals(close)))
    Object.assign(chart.options.scales?.y ?? {}, { min: low - span * BELOW, max: high + span * ABOVE })
    Object.assign(chart.options.scales?.y?.ticks ?? {}, {
      maxTicksLimit: Math.max(3, Math.floor(chart.height / 42)),
      includeBounds: false,
      callback: (value: number) => (covered(value, span * (1 + ABOVE + BELOW)) ? '' : formatPrice(value, decimals)),
    })
    Object.assign(chart.options.scales?.volume ?? {}, { min: 0, max: (volume || 1) / VOLUME_SHARE })
  }

  return {
    restyle,
    draw: (next: readonly Candle[], window: Window): void => {
      candles = next
      const { left, right } = edges(window, candles.length)
      const from = Math.max(0, Math.floor(left))
      const seen = candles.slice(from, Math.max(0, Math.ceil(right) + 1))
      const data = seen.map((candle, i) => ({ x: from + i, y: candle.close, candle }))
      for (const dataset of chart.data.datasets) dataset.data = data
      setTimeAxis(left, right)
      setPriceAxis(seen)
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
