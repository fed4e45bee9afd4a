import type { Map as LeafletMap } from 'leaflet'
import { cellBounds } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { isSilent, type Vehicle } from '../../state/fleet.ts'
import { project } from '../../state/mercator.ts'
import { headingAt, isMoving, placeAt } from '../../state/motion.ts'
import type { Colouring } from '../../state/prefs.ts'
import { colour } from '../shared/theme.ts'
import { mountCanvas, type Sheet, toSheet } from './canvas-pane.ts'
import { vehicleColour } from './palette.ts'
import { createSprites } from './sprites.ts'

/** What the layer draws, read anew at each drawing. */
export type Scene = {
  vehicles: () => Iterable<Vehicle>
  vehicle: (id: string) => Vehicle | undefined
  cells: () => readonly string[]
  selected: () => { id: string; track: readonly Fix[]; last: Fix | null } | null
  hovered: () => string | null
  colouring: () => Colouring
  showCells: () => boolean
  now: () => number
}

/** A vehicle as it was last drawn, in pixels of the map. */
export type Drawn = { id: string; x: number; y: number }

/** Beyond this many vehicles in view, their routes are not written beside them. */
const MOST_LABELS = 250

const radiusAt = (zoom: number): number => (zoom < 10 ? 2.75 : zoom < 12 ? 4.5 : zoom < 14 ? 6 : 7.5)

const drawCells = (sheet: Sheet, cells: readonly string[]): void => {
  const { context, ratio } = sheet
  context.strokeStyle = colour('map-cell')
  context.lineWidth = ratio
  context.beginPath()
  for (const cell of cells) {
    const { west, east, north, south } = cellBounds(cell)
    const from = toSheet(sheet, project(north, west))
    const to = toSheet(sheet, project(south, east))
    context.rect(Math.round(from.x) + 0.5, Math.round(from.y) + 0.5, to.x - from.x, to.y - from.y)
  }
  context.stroke()
}

const drawTrack = (sheet: Sheet, track: readonly Fix[], end: { x: number; y: number } | null, ink: string): void => {
  const { context, ratio } = sheet
  const points = track.map(({ lat, lon }) => toSheet(sheet, project(lat, lon)))
  // The last fix is where the vehicle goes, not where it is drawn: the trail ends under the vehicle.
  if (end) points.splice(-1, 1, end)
  context.lineJoin = context.lineCap = 'round'
  for (const [width, style] of [
    [8, colour('map-halo')],
    [4, ink],
  ] as const) {
    context.strokeStyle = style
    context.lineWidth = width * ratio
    context.globalAlpha = 0.95
    context.beginPath()
    for (const { x, y } of points) context.lineTo(x, y)
    context.stroke()
  }
  context.globalAlpha = 1
}

const ring = ({ context, ratio }: Sheet, x: number, y: number, radius: number, ink: string, width: number): void => {
  context.strokeStyle = ink
  context.lineWidth = width * ratio
  context.beginPath()
  context.arc(x, y, radius * ratio, 0, 7)
  context.stroke()
}

const label = ({ context, ratio }: Sheet, text: string, x: number, y: number): void => {
  context.strokeText(text, x + 11 * ratio, y + 0.5 * ratio)
  context.fillText(text, x + 11 * ratio, y + 0.5 * ratio)
}

/**
 * All vehicles on one canvas, drawn where they are at this moment. {@link draw} answers whether any still moves, so that a still
 * map is not drawn again.
 */
export const mountVehicles = (map: LeafletMap, scene: Scene) => {
  const sprites = createSprites()
  let drawn: Drawn[] = []
  let moving = false

  const drawLabels = (sheet: Sheet, vehicles: readonly Vehicle[]): void => {
    const { context, ratio, zoom } = sheet
    if (zoom < 14 || vehicles.length > MOST_LABELS) return
    context.font = `600 ${11 * ratio}px ${getComputedStyle(map.getContainer()).fontFamily}`
    context.textBaseline = 'middle'
    context.lineJoin = 'round'
    context.lineWidth = 3 * ratio
    context.strokeStyle = colour('map-halo')
    context.fillStyle = colour('text')
    for (const [i, { fix }] of vehicles.entries()) {
      const at = drawn[i]
      if (at && fix.route !== undefined) label(sheet, fix.route, at.x * ratio, at.y * ratio)
    }
  }

  const drawSelected = (sheet: Sheet, steady: number): void => {
    const selected = scene.selected()
    if (!selected) return
    const vehicle = scene.vehicle(selected.id)
    const fix = vehicle?.fix ?? selected.last
    if (!fix) return
    const here = toSheet(sheet, vehicle ? placeAt(vehicle.motion, steady) : project(fix.lat, fix.lon))
    const ink = vehicleColour(fix, false, scene.colouring())
    drawTrack(sheet, selected.track, here, ink)
    ring(sheet, here.x, here.y, radiusAt(sheet.zoom) * 2.4, colour('map-halo'), 5)
    ring(sheet, here.x, here.y, radiusAt(sheet.zoom) * 2.4, colour('accent'), 2.5)
  }

  const paint = (sheet: Sheet): void => {
    const steady = performance.now()
    const now = scene.now()
    const { context, ratio, width, height, zoom } = sheet
    if (scene.showCells()) drawCells(sheet, scene.cells())
    drawSelected(sheet, steady)
    const style = { halo: colour('map-halo'), radius: radiusAt(zoom), ratio }
    const colours = new Map<string, string>()
    const seen: Vehicle[] = []
    const hovered = scene.hovered()
    const edge = 20 * ratio
    drawn = []
    moving = false
    for (const vehicle of scene.vehicles()) {
      const { motion, fix, id } = vehicle
      if (isMoving(motion, steady)) moving = true
      const { x, y } = toSheet(sheet, placeAt(motion, steady))
      if (x < -edge || y < -edge || x > width + edge || y > height + edge) continue
      const silent = isSilent(vehicle, now)
      const kind = silent ? 'silent' : scene.colouring() === 'route' ? (fix.route ?? '') : String(fix.speed)
      let ink = colours.get(kind)
      if (ink === undefined) {
        ink = vehicleColour(fix, silent, scene.colouring())
        colours.set(kind, ink)
      }
      sprites.draw(context, x, y, headingAt(motion, steady), ink, style)
      if (id === hovered) ring(sheet, x, y, style.radius * 2.2, colour('text'), 1.5)
      drawn.push({ id, x: x / ratio, y: y / ratio })
      seen.push(vehicle)
    }
    drawLabels(sheet, seen)
    canvas.dataset.vehicles = String(drawn.length)
  }

  const { canvas, redraw } = mountCanvas(map, 'vehicles', paint)

  return {
    /** Draws now; answers whether something still moves. */
    draw: (): boolean => {
      redraw()
      return moving
    },
    /** The drawn vehicle nearest to a place of the map, within `reach` pixels. */
    at: (x: number, y: number, reach: number): Drawn | null => {
      let best: Drawn | null = null
      let least = reach * reach
      for (const one of drawn) {
        const far = (one.x - x) ** 2 + (one.y - y) ** 2
        if (far <= least) [best, least] = [one, far]
      }
      return best
    },
    drawn: (): readonly Drawn[] => drawn,
  }
}
export type VehicleLayer = ReturnType<typeof mountVehicles>
