import type { Map as LeafletMap } from 'leaflet'
import { type Device, isSilent } from '../../state/fleet.ts'
import { shorten } from '../../state/format.ts'
import { type Point, project } from '../../state/mercator.ts'
import { headingAt, isMoving, placeAt } from '../../state/motion.ts'
import type { Colouring } from '../../state/prefs.ts'
import type { Selected } from '../../state/selection.ts'
import { colour } from '../shared/theme.ts'
import { mountCanvas, type Sheet, toSheet } from './canvas-pane.ts'
import { drawCells, drawDoubtful, drawLabels, drawRing, drawTrack } from './marks.ts'
import { deviceColour } from './palette.ts'
import { createSprites, type SpriteStyle } from './sprites.ts'

/** What the layer draws, read anew at each drawing. */
export type Scene = {
  devices: () => Iterable<Device>
  device: (id: string) => Device | undefined
  cells: () => readonly string[]
  selected: () => Pick<Selected, 'id' | 'track' | 'doubtful' | 'last'> | null
  hovered: () => string | null
  colouring: () => Colouring
  showCells: () => boolean
  now: () => number
}

/** A device as it was last drawn, in pixels of the map. */
export type Drawn = { id: string; x: number; y: number }
/** One that is in view: where it is on the canvas, and what it looks like. */
type Seen = { device: Device; at: Point; heading: number | null; ink: string }

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

  const inkOf = (now: number) => {
    const colouring = scene.colouring()
    const known = new Map<string | number | undefined, string>()
    return (device: Device): string => {
      const silent = isSilent(device, now)
      const kind = silent ? -1 : colouring === 'route' ? device.fix.route : device.fix.speed
      const found = known.get(kind)
      if (found !== undefined) return found
      const ink = deviceColour(device.fix, silent, colouring)
      known.set(kind, ink)
      return ink
    }
  }

  /** Those in view, and whether any at all moves. */
  const look = (sheet: Sheet, steady: number): Seen[] => {
    const ink = inkOf(scene.now())
    const edge = 20 * sheet.ratio
    const seen: Seen[] = []
    moving = false
    for (const device of scene.devices()) {
      const { motion } = device
      if (isMoving(motion, steady)) moving = true
      const at = toSheet(sheet, placeAt(motion, steady))
      if (at.x < -edge || at.y < -edge || at.x > sheet.width + edge || at.y > sheet.height + edge) continue
      seen.push({ device, at, heading: headingAt(motion, steady), ink: ink(device) })
    }
    return seen
  }

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
    const ink = deviceColour(fix, false, scene.colouring())
    drawTrack(sheet, selected.track, here, ink)
    sprites.draw(sheet.context, here, device ? headingAt(device.motion, steady) : null, ink, style)
    drawRing(sheet, here, style.radius * 2.4, colour('map-halo'), 5)
    drawRing(sheet, here, style.radius * 2.4, colour('accent'), 2.5)
  }

  const paint = (sheet: Sheet): void => {
    const steady = performance.now()
    const { context, ratio, zoom } = sheet
    const style = { halo: colour('map-halo'), radius: radiusAt(zoom), ratio }
    const seen = look(sheet, steady)
    if (seen.length >= MANY) drawMany(sheet, seen, style)
    else for (const { at, heading, ink } of seen) sprites.draw(context, at, heading, ink, style)
    if (scene.showCells()) drawCells(sheet, scene.cells())
    drawSelected(sheet, steady, style)
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
  }
}
export type DeviceLayer = ReturnType<typeof mountDevices>
