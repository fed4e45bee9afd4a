import { clamp } from './clamp.ts'
import { MAX_LATITUDE } from './fleet.ts'

/** The one zoom at which every fix is published: a cell is 4.9 km wide at the equator, 4.2 km in Austin. */
export const CELL_ZOOM = 13
/** The most cells one view may cover; a wider view is refused (`view_too_wide`). */
export const MAX_VIEW_CELLS = 640

/** A rectangle of the map in degrees. Longitudes may be unwrapped (beyond 180), as Leaflet gives them. */
export type Bounds = { west: number; south: number; east: number; north: number }

const SIZE = 2 ** CELL_ZOOM

const column = (lon: number): number => Math.floor(((lon + 180) / 360) * SIZE)
const row = (lat: number): number => {
  const phi = (clamp(lat, -MAX_LATITUDE, MAX_LATITUDE) * Math.PI) / 180
  const y = (1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2
  return clamp(Math.floor(y * SIZE), 0, SIZE - 1)
}
const wrap = (x: number): number => ((x % SIZE) + SIZE) % SIZE

/** The quadkey of the tile at column `x`, row `y`. Source: Bing Maps Tile System. */
const quadkey = (x: number, y: number): string => {
  let key = ''
  for (let mask = SIZE >> 1; mask > 0; mask >>= 1) key += (x & mask ? 1 : 0) + (y & mask ? 2 : 0)
  return key
}

/** The cell that holds a position; latitude is clamped to the grid, longitude wrapped. */
export const cellOf = (lat: number, lon: number): string => quadkey(wrap(column(lon)), row(lat))

/**
 * The cells that a view covers, `margin` (a share of its width and height) around it included; null where they
 * are more than `most`. Views across the antimeridian and unwrapped longitudes are handled.
 */
export const cellsCovering = (view: Bounds, margin = 0.1, most = MAX_VIEW_CELLS): string[] | null => {
  const aside = (view.east - view.west) * margin
  const above = (view.north - view.south) * margin
  const west = column(view.west - aside)
  const columns = Math.min(column(view.east + aside) - west + 1, SIZE)
  const top = row(view.north + above)
  const rows = row(view.south - above) - top + 1
  if (columns * rows > most) return null
  const cells: string[] = []
  for (let y = top; y < top + rows; y++) for (let x = west; x < west + columns; x++) cells.push(quadkey(wrap(x), y))
  return cells
}

/** The rectangle of a cell, in degrees. */
export const cellBounds = (cell: string): Bounds => {
  let x = 0
  let y = 0
  for (const digit of cell) {
    x = x * 2 + (Number(digit) & 1)
    y = y * 2 + (Number(digit) >> 1)
  }
  const size = 2 ** cell.length
  const latitude = (edge: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * edge) / size))) * 180) / Math.PI
  return {
    west: (x / size) * 360 - 180,
    east: ((x + 1) / size) * 360 - 180,
    north: latitude(y),
    south: latitude(y + 1),
  }
}
