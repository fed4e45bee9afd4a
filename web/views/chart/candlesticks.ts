import { type ChartComponentLike, type ChartMeta, DatasetController, Element, type UpdateMode } from 'chart.js'
import type { Candle } from '../../../wire/market.ts'

/** One bar as the chart gets it: `x` its place, `y` its close. */
export type Bar = { x: number; y: number; candle: Candle }
export type BarColours = { up: string; down: string; upGround: string; downGround: string }

declare module 'chart.js' {
  interface ChartTypeRegistry {
    candlestick: {
      chartOptions: object
      datasetOptions: { colours: BarColours }
      defaultDataPoint: Bar
      metaExtensions: object
      parsedDataType: Bar
      scales: 'linear'
    }
    volume: ChartTypeRegistry['candlestick']
  }
}

/** Chart.js wants one element a bar. It draws nothing: the controller draws all bars together. */
class BarElement extends Element {
  static id = 'bar-of-candle'
}

type Meta = ChartMeta<'candlestick'>

const bars = (meta: Meta): readonly Bar[] => meta._parsed as unknown as readonly Bar[]

/** Width of a bar's body in pixels: most of its place, whole pixels, so that edges stay sharp. */
const bodyWidth = (meta: Meta): number => {
  const place = Math.abs((meta.xScale?.getPixelForValue(1) ?? 0) - (meta.xScale?.getPixelForValue(0) ?? 0))
  const width = Math.max(1, Math.floor(place * 0.72))
  return width > 2 && width % 2 === 0 ? width - 1 : width
}

const rises = ({ open, close }: Candle): boolean => close >= open

abstract class BarController extends DatasetController<'candlestick'> {
  static defaults = { dataElementType: 'bar-of-candle', parsing: false, animation: false }

  override update(_mode: UpdateMode): void {}

  override draw(): void {
    const meta = this._cachedMeta as Meta
    const { colours } = this.getDataset() as unknown as { colours: BarColours }
    const width = bodyWidth(meta)
    const seen = bars(meta)
    this.paint(
      seen.filter(({ candle }) => rises(candle)),
      colours.up,
      colours.upGround,
      width,
    )
    this.paint(
      seen.filter(({ candle }) => !rises(candle)),
      colours.down,
      colours.downGround,
      width,
    )
  }

  protected x(bar: Bar): number {
    return Math.round(this._cachedMeta.xScale?.getPixelForValue(bar.x) ?? 0)
  }
  protected y(value: number): number {
    return this._cachedMeta.yScale?.getPixelForValue(value) ?? 0
  }

  protected abstract paint(bars: readonly Bar[], line: string, ground: string, width: number): void
}

/** Wicks and bodies. All bars of a colour are one path each, however many they are. */
class CandlestickController extends BarController {
  static id = 'candlestick'

  protected paint(seen: readonly Bar[], line: string, _ground: string, width: number): void {
    const { ctx } = this.chart
    ctx.fillStyle = ctx.strokeStyle = line
    ctx.lineWidth = 1
    ctx.beginPath()
    for (const bar of seen) {
      const x = this.x(bar) + 0.5
      ctx.moveTo(x, this.y(bar.candle.high))
      ctx.lineTo(x, this.y(bar.candle.low))
    }
    ctx.stroke()
    ctx.beginPath()
    for (const bar of seen) {
      const [open, close] = [Math.round(this.y(bar.candle.open)), Math.round(this.y(bar.candle.close))]
      ctx.rect(this.x(bar) - (width - 1) / 2, Math.min(open, close), width, Math.max(1, Math.abs(open - close)))
    }
    ctx.fill()
  }
}

/** Columns of volume on a scale of their own, at the foot of the chart. */
class VolumeController extends BarController {
  static id = 'volume'

  protected paint(seen: readonly Bar[], _line: string, ground: string, width: number): void {
    const { ctx } = this.chart
    const foot = this.y(0)
    ctx.fillStyle = ground
    ctx.beginPath()
    for (const bar of seen) {
      const top = this.y(bar.candle.volume)
      ctx.rect(this.x(bar) - (width - 1) / 2, top, width, foot - top)
    }
    ctx.fill()
  }
}

export const BAR_PARTS: ChartComponentLike[] = [
  BarElement,
  CandlestickController,
  VolumeController,
] as unknown as ChartComponentLike[]
