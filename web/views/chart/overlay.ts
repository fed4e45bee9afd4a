import type { Chart, ChartArea, Plugin } from 'chart.js'
import type { GapMark } from '../../state/gaps.ts'

/** What lies over the bars: gaps in time, late trades, where the pointer is, the last price. Pixels of the canvas. */
export type Overlay = {
  cross: { x: number; y: number; time: string; price: string } | null
  last: { y: number; price: string; colour: string } | null
  gaps: readonly GapMark[]
  /** Below the bars that late trades changed. */
  changed: readonly { x: number; y: number }[]
  colours: Record<'cross' | 'label' | 'onLabel' | 'ground' | 'gap' | 'panel' | 'changed', string>
  font: string
}

const line = (ctx: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void => {
  ctx.beginPath()
  ctx.moveTo(...from)
  ctx.lineTo(...to)
  ctx.stroke()
}

type Tag = { text: string; x: number; y: number; ground: string; ink: string }

const tag = (ctx: CanvasRenderingContext2D, { text, x, y, ground, ink }: Tag, width: number): void => {
  ctx.fillStyle = ground
  ctx.beginPath()
  ctx.roundRect(x, y - 9, width, 18, 3)
  ctx.fill()
  ctx.fillStyle = ink
  ctx.fillText(text, x + width / 2, y + 0.5)
}

const drawGaps = (ctx: CanvasRenderingContext2D, area: ChartArea, { gaps, colours }: Overlay): void => {
  ctx.strokeStyle = colours.gap
  ctx.setLineDash([3, 4])
  for (const { x } of gaps) {
    const at = Math.round(area.left + x) + 0.5
    line(ctx, [at, area.top], [at, area.bottom])
  }
  ctx.setLineDash([])
  for (const { x, label } of gaps) {
    if (label === null) continue
    const width = ctx.measureText(label).width + 8
    tag(
      ctx,
      { text: label, x: area.left + x - width / 2, y: area.bottom - 12, ground: colours.panel, ink: colours.gap },
      width,
    )
  }
}

/** A small triangle that points to its bar. */
const drawChanged = (ctx: CanvasRenderingContext2D, area: ChartArea, { changed, colours }: Overlay): void => {
  ctx.fillStyle = colours.changed
  ctx.beginPath()
  for (const { x, y } of changed) {
    const top = Math.min(y + 3, area.bottom - 6)
    ctx.moveTo(x, top)
    ctx.lineTo(x + 4, top + 6)
    ctx.lineTo(x - 4, top + 6)
    ctx.closePath()
  }
  ctx.fill()
}

const drawLast = (chart: Chart, area: ChartArea, { last, colours }: Overlay): void => {
  const { ctx, width } = chart
  if (last === null) return
  const y = Math.round(Math.min(Math.max(last.y, area.top), area.bottom)) + 0.5
  ctx.strokeStyle = last.colour
  ctx.setLineDash([2, 3])
  line(ctx, [area.left, y], [area.right, y])
  ctx.setLineDash([])
  tag(ctx, { text: last.price, x: area.right + 1, y, ground: last.colour, ink: colours.ground }, width - area.right - 4)
}

const drawCross = (chart: Chart, area: ChartArea, { cross, colours }: Overlay): void => {
  const { ctx, width } = chart
  if (cross === null) return
  const [x, y] = [Math.round(cross.x) + 0.5, Math.round(cross.y) + 0.5]
  ctx.strokeStyle = colours.cross
  ctx.setLineDash([4, 4])
  line(ctx, [x, area.top], [x, area.bottom])
  line(ctx, [area.left, y], [area.right, y])
  ctx.setLineDash([])
  const ground = { ground: colours.label, ink: colours.onLabel }
  tag(ctx, { text: cross.price, x: area.right + 1, y, ...ground }, width - area.right - 4)
  const wide = ctx.measureText(cross.time).width + 14
  const left = Math.min(Math.max(x - wide / 2, area.left), area.right - wide)
  tag(ctx, { text: cross.time, x: left, y: area.bottom + 11, ...ground }, wide)
}

/** Draws the price line and the crosshair over the bars, read from `overlay` at each drawing. */
export const overlayPlugin = (overlay: (chart: Chart<'candlestick'>) => Overlay): Plugin<'candlestick'> => ({
  id: 'overlay',
  afterDraw: (chart) => {
    const { ctx, chartArea } = chart
    const now = overlay(chart)
    ctx.save()
    ctx.lineWidth = 1
    ctx.font = `500 11px ${now.font}`
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    drawGaps(ctx, chartArea, now)
    drawChanged(ctx, chartArea, now)
    drawLast(chart as Chart, chartArea, now)
    drawCross(chart as Chart, chartArea, now)
    ctx.restore()
  },
})
