import { DomUtil, type Map as LeafletMap, type ZoomAnimEvent } from 'leaflet'
import type { Box } from '../../state/clip.ts'
import type { Point } from '../../state/mercator.ts'

/** How the grid of the map (0 to 1) comes to lie on the canvas, in device pixels: `x * scale + dx`. */
export type Sheet = {
  context: CanvasRenderingContext2D
  ratio: number
  width: number
  height: number
  scale: number
  dx: number
  dy: number
  zoom: number
  /** What is seen of the grid. */
  box: Box
}

/** Where a point of the grid is drawn, in device pixels, on that copy of the world that is in view. */
export const toSheet = ({ scale, dx, dy, box }: Sheet, { x, y }: Point): Point => {
  const copy = Math.round((box.left + box.right) / 2 - x)
  return { x: (x + copy) * scale + dx, y: y * scale + dy }
}

/**
 * One canvas over the whole map, kept in place while the map is dragged and stretched while it zooms. `paint` draws it
 * anew; {@link redraw} does so now, except in a zoom's animation.
 */
export const mountCanvas = (map: LeafletMap, paneName: string, paint: (sheet: Sheet) => void) => {
  const pane = map.createPane(paneName)
  const canvas = DomUtil.create('canvas', 'devices leaflet-zoom-animated', pane)
  const context = canvas.getContext('2d')
  let zooming = false
  let drawnCentre = map.getCenter()
  let drawnZoom = map.getZoom()

  const resize = (): number => {
    const { x, y } = map.getSize()
    const ratio = Math.min(devicePixelRatio, 2)
    if (canvas.width !== Math.round(x * ratio) || canvas.height !== Math.round(y * ratio)) {
      canvas.width = Math.round(x * ratio)
      canvas.height = Math.round(y * ratio)
      canvas.style.width = `${x}px`
      canvas.style.height = `${y}px`
    }
    return ratio
  }

  const redraw = (): void => {
    if (zooming || !context) return
    const ratio = resize()
    DomUtil.setTransform(canvas, map.containerPointToLayerPoint([0, 0]), 1)
    drawnCentre = map.getCenter()
    drawnZoom = map.getZoom()
    const { min } = map.getPixelBounds()
    if (!min) return
    const world = 256 * 2 ** drawnZoom
    const { width, height } = canvas
    const scale = world * ratio
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, width, height)
    paint({
      context,
      ratio,
      width,
      height,
      scale,
      dx: -min.x * ratio,
      dy: -min.y * ratio,
      zoom: drawnZoom,
      box: {
        left: min.x / world,
        top: min.y / world,
        right: (min.x * ratio + width) / scale,
        bottom: (min.y * ratio + height) / scale,
      },
    })
  }

  const stretch = ({ center, zoom }: ZoomAnimEvent): void => {
    zooming = true
    const factor = map.getZoomScale(zoom, drawnZoom)
    const half = map.getSize().divideBy(2)
    const mapPane = map.getPane('mapPane')
    const moved = mapPane ? DomUtil.getPosition(mapPane) : half.multiplyBy(0)
    const origin = map.project(center, zoom).subtract(half).add(moved).round()
    DomUtil.setTransform(canvas, half.multiplyBy(-factor).add(map.project(drawnCentre, zoom)).subtract(origin), factor)
  }
  const endZoom = (): void => {
    zooming = false
    redraw()
  }

  map.on('zoomanim', stretch)
  map.on('zoomend', endZoom)
  map.on('move resize viewreset', redraw)
  return { canvas, redraw }
}
