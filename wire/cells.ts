import { clamp } from './clamp.ts'
import { MAX_LATITUDE } from './fleet.ts'
import { OTHER } from './groups.ts'

/**
 * A cell is a tile of the map, named by its quadkey, and the devices of one group in it: `buses/0231301203311`. This is
 * the one zoom at which every fix is published: a tile is 4.9 km wide at the equator, 4.2 km in Austin.
 */
export const CELL_ZOOM = 13
/** The most tiles that one view may cover; a wider view is refused (`view_too_wide`). */
export const MAX_VIEW_TILES = 640
/** The most cells of one view: its tiles times its groups. */
export const MAX_VIEW_CELLS = 2560

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

/** The tile that holds a position; latitude is clamped to the grid, longitude wrapped. */
export const quadkeyOf = (lat: number, lon: number): string => quadkey(wrap(column(lon)), row(lat))

const cellIn = (group: string, tile: string): string => `${group}/${tile}`
/** The cell that shows a device of this group at a position. */
export const cellOf = (lat: number, lon: number, group = OTHER): string => cellIn(group, quadkeyOf(lat, lon))
export const groupOfCell = (cell: string): string => cell.slice(0, -CELL_ZOOM - 1)
export const quadkeyOfCell = (cell: string): string => cell.slice(-CELL_ZOOM)

/**
 * The tiles that a view covers, `margin` (a share of its width and height) around it included; null where they
 * are more than `most`. Views across the antimeridian and unwrapped longitudes are handled.
 */
export const quadkeysCovering = (view: Bounds, margin = 0.1, most = MAX_VIEW_TILES): string[] | null => {
  const aside = (view.east - view.west) * margin
  const above = (view.north - view.south) * margin
  const west = column(view.west - aside)
  const columns = Math.min(column(view.east + aside) - west + 1, SIZE)
  const top = row(view.north + above)
  const rows = row(view.south - above) - top + 1
  if (columns * rows > most) return null
  const tiles: string[] = []
  for (let y = top; y < top + rows; y++) for (let x = west; x < west + columns; x++) tiles.push(quadkey(wrap(x), y))
  return tiles
}

/** The cells of these groups that a view covers; null where the view is too wide for them. */
export const cellsCovering = (view: Bounds, groups: readonly string[] = [OTHER]): string[] | null => {
  const tiles = quadkeysCovering(view)
  if (tiles === null || tiles.length * groups.length > MAX_VIEW_CELLS) return null
  return groups.flatMap((group) => tiles.map((tile) => cellIn(group, tile)))
}

/** The rectangle of a tile, or of a cell, in degrees. */
export const cellBounds = (cell: string): Bounds => {
  const tile = cell.slice(cell.lastIndexOf('/') + 1)
  let x = 0
  let y = 0
  for (const digit of tile) {
    x = x * 2 + (Number(digit) & 1)
    y = y * 2 + (Number(digit) >> 1)
  }
  const size = 2 ** tile.length
  const latitude = (edge: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * edge) / size))) * 180) / Math.PI
  return {
    west: (x / size) * 360 - 180,
    east: ((x + 1) / size) * 360 - 180,
    north: latitude(y),
    south: latitude(y + 1),
  }
}
