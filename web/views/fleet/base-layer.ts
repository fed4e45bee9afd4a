import { type Coords, GridLayer, type GridLayerOptions } from 'leaflet'
import { type Box, clipRing, overlap } from '../../state/clip.ts'
import type { Shape, World } from '../../state/world.ts'
import { colour } from '../shared/theme.ts'
import { routeColour } from './palette.ts'

const SIZE = 256
/** How far beyond its edges a tile is drawn, in pixels, so that no stroke ends at a seam. */
const MARGIN = 8

type Paper = { context: CanvasRenderingContext2D; box: Box; scale: number }

const trace = ({ context, box, scale }: Paper, points: readonly number[]): void => {
  const ox = box.left + MARGIN / scale
  const oy = box.top + MARGIN / scale
  for (let i = 0; i < points.length; i += 2) {
    const x = ((points[i] ?? 0) - ox) * scale
    const y = ((points[i + 1] ?? 0) - oy) * scale
    if (i === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  }
}

/** Only the runs of a line that come near the tile. */
const stroke = (paper: Paper, { points, box }: Shape): void => {
  if (!overlap(box, paper.box)) return
  let run: number[] = []
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(i, i + 4)
    const near = overlap(
      { left: Math.min(x0, x1), right: Math.max(x0, x1), top: Math.min(y0, y1), bottom: Math.max(y0, y1) },
      paper.box,
    )
    if (near) run.push(...(run.length === 0 ? [x0, y0] : []), x1, y1)
    if (!near || i + 5 >= points.length) {
      if (run.length > 0) trace(paper, run)
      run = []
    }
  }
}

const drawWorld = (paper: Paper, { lands, borders }: World): void => {
  const { context } = paper
  context.fillStyle = colour('map-land')
  for (const land of lands) {
    if (!overlap(land.box, paper.box)) continue
    context.beginPath()
    for (const ring of land.rings) if (overlap(ring.box, paper.box)) trace(paper, clipRing(ring.points, paper.box))
    context.fill('evenodd')
  }
  context.strokeStyle = colour('map-border')
  context.lineWidth = 1
  context.beginPath()
  for (const border of borders) stroke(paper, border)
  context.stroke()
}

const drawRoutes = (paper: Paper, { routes, coloured }: BaseMap, zoom: number): void => {
  const { context } = paper
  context.lineJoin = context.lineCap = 'round'
  context.globalAlpha = coloured ? (zoom < 11 ? 0.2 : 0.28) : 0.8
  context.lineWidth = zoom < 11 ? 1 : zoom < 13 ? 1.5 : zoom < 15 ? 2.25 : 3.5
  for (const route of routes ?? []) {
    context.strokeStyle = coloured ? routeColour(route.route ?? '') : colour('map-route')
    context.beginPath()
    stroke(paper, route)
    context.stroke()
  }
}

/**
 * What the base map is drawn from; what has not been loaded is null. `showWorld`: no raster tiles show it. `coloured`:
 * each route has its colour; else they stand back, because colour says something else.
 */
export type BaseMap = {
  world: World | null
  routes: readonly Shape[] | null
  showWorld: boolean
  coloured: boolean
}

/** The base map that needs no network: land, borders and bus routes, drawn tile by tile on canvas. */
class BaseLayer extends GridLayer {
  private readonly base: BaseMap

  constructor(base: BaseMap, options: GridLayerOptions) {
    super(options)
    this.base = base
  }

  protected override createTile(coords: Coords): HTMLElement {
    const ratio = Math.min(devicePixelRatio, 2)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = SIZE * ratio
    const context = canvas.getContext('2d')
    if (!context) return canvas
    const scale = SIZE * 2 ** coords.z
    const margin = MARGIN / scale
    const box = {
      left: (coords.x * SIZE) / scale - margin,
      top: (coords.y * SIZE) / scale - margin,
      right: ((coords.x + 1) * SIZE) / scale + margin,
      bottom: ((coords.y + 1) * SIZE) / scale + margin,
    }
    context.scale(ratio, ratio)
    if (this.base.world && this.base.showWorld) drawWorld({ context, box, scale }, this.base.world)
    drawRoutes({ context, box, scale }, this.base, coords.z)
    return canvas
  }
}

export const createBaseLayer = (base: BaseMap): GridLayer =>
  new BaseLayer(base, { pane: 'base', updateWhenZooming: false, keepBuffer: 3, noWrap: false })
