import type { Map as LeafletMap } from 'leaflet'
import { shorten } from '../../state/format.ts'
import { project } from '../../state/mercator.ts'
import { headingAt, placeAt } from '../../state/motion.ts'
import { colour } from '../shared/theme.ts'
import { mountCanvas, type Sheet, toSheet } from './canvas-pane.ts'
import { drawCells, drawDoubtful, drawLabels, drawLate, drawRing, drawSpots, drawTrack } from './marks.ts'
import { deviceInk } from './palette.ts'
import type { Scene } from './scene.ts'
import { devicesIn, type Seen } from './seen.ts'
import { createSprites, type SpriteStyle } from './sprites.ts'
import { type TrackPoint, trackPointAt } from './track-point.ts'

/** A device as it was last drawn, in pixels of the map. */
export type Drawn = { id: string; x: number; y: number }

/** Beyond this many devices in view, their routes are not written beside them. */
const MOST_LABELS = 250
/** A route of more letters is cut there. */
const LETTERS = 14
/** From this many on, devices are written into one image instead of being drawn one by one. */
const MANY = 600

const radiusAt = (zoom: number): number => (zoom < 10 ? 2.75 : zoom < 12 ? 4.5 : zoom < 14 ? 6 : 7.5)

/**
 * Milliseconds between two drawings: at 15 m/s a device crosses at most a third of a pixel in between, but never so
 * long that a faster one would seem to jump. Seen from afar nothing has to be drawn sixty times a second.
 */
const restBetween = (zoom: number): number => {
  const pixelsPerSecond = (15 * 256 * 2 ** zoom) / 40_075_017
  return Math.min(80, 1_000 / 3 / pixelsPerSecond)
}

/**
 * All devices on one canvas, drawn where they are at this moment. `draw` returns whether any still moves, so that a
 * still map is not drawn again.
 */
export const mountDevices = (map: LeafletMap, scene: Scene) => {
  const sprites = createSprites()
  let image: ImageData | null = null
  let drawn: Drawn[] = []
  let moving = false
  let drawnAt = Number.NEGATIVE_INFINITY

  const drawMany = ({ context, width, height }: Sheet, seen: readonly Seen[], style: SpriteStyle): void => {
    if (image?.width !== width || image.height !== height) image = new ImageData(width, height)
    const pixels = new Uint32Array(image.data.buffer)
    pixels.fill(0)
    for (const { at, heading, ink } of seen) sprites.stamp({ pixels, width, height }, at, heading, ink, style)
    context.putImageData(image, 0, 0)
  }

  const drawSelected = (sheet: Sheet, steady: number, style: SpriteStyle): void => {
    const selected = scene.selected()
    const device = selected ? scene.device(selected.id) : undefined
    const fix = device?.fix ?? selected?.last
    if (selected) drawDoubtful(sheet, selected.doubtful)
    if (!selected || !fix) return
    const here = toSheet(sheet, device ? placeAt(device.motion, steady) : project(fix.lat, fix.lon))
    const ink = deviceInk(fix, scene.selectedStatus(), scene.colouring())
    drawTrack(sheet, selected.track, here, ink.colour)
    const late = selected.track.filter(({ n }) => selected.late.has(n))
    drawLate(sheet, late, ink.colour)
    canvas.dataset.late = String(late.length)
    sprites.draw(sheet.context, here, device ? headingAt(device.motion, steady) : null, ink, style)
    drawRing(sheet, here, style.radius * 2.4, colour('map-halo'), 5)
    drawRing(sheet, here, style.radius * 2.4, colour('accent'), 2.5)
  }

  const paint = (sheet: Sheet): void => {
    const steady = performance.now()
    const { context, ratio, zoom } = sheet
    const style = { halo: colour('map-halo'), radius: radiusAt(zoom), ratio }
    const { seen, moves } = devicesIn(sheet, scene, steady)
    moving = moves
    if (seen.length >= MANY) drawMany(sheet, seen, style)
    else for (const { at, heading, ink } of seen) sprites.draw(context, at, heading, ink, style)
    if (scene.showCells()) drawCells(sheet, scene.cells())
    drawSelected(sheet, steady, style)
    for (const spots of scene.spots?.() ?? []) drawSpots(sheet, spots)
    const over = seen.find(({ device }) => device.id === scene.hovered())
    if (over) drawRing(sheet, over.at, style.radius * 2.2, colour('text'), 1.5)
    if (zoom >= 14 && seen.length <= MOST_LABELS) {
      const labels = seen.map(({ device, at }) => ({ text: shorten(device.fix.route ?? '', LETTERS), at }))
      drawLabels(sheet, labels, getComputedStyle(map.getContainer()).fontFamily)
    }
    drawn = seen.map(({ device, at }) => ({ id: device.id, x: at.x / ratio, y: at.y / ratio }))
    drawnAt = steady
    canvas.dataset.devices = String(drawn.length)
  }

  const { canvas, redraw } = mountCanvas(map, 'devices', paint)

  return {
    /** Draws now. */
    redraw,
    /** Draws if it is time to. Returns whether it has to be called again. */
    draw: (steady: number): boolean => {
      if (steady - drawnAt < restBetween(map.getZoom())) return true
      redraw()
      return moving
    },
    /** The drawn device nearest to a place of the map, within `reach` pixels. */
    at: (x: number, y: number, reach: number): Drawn | null => {
      let best: Drawn | null = null
      let least = reach * reach
      for (const one of drawn) {
        const far = (one.x - x) ** 2 + (one.y - y) ** 2
        if (far <= least) [best, least] = [one, far]
      }
      return best
    },
    /** The fix of the selected device's track that is nearest to a place of the map. */
    trackAt: (x: number, y: number, reach: number): TrackPoint | null =>
      trackPointAt(map, scene.selected()?.track ?? [], { x, y }, reach),
  }
}
export type DeviceLayer = ReturnType<typeof mountDevices>
