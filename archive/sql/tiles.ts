import { CELL_ZOOM, quadkeyOf } from '../../wire/cells.ts'

/** A tile of zoom 13 as a number: its quadkey, read as one of base four. */
export const tileOf = (lat: number, lon: number): number => Number.parseInt(quadkeyOf(lat, lon), 4)
export const tileNumber = (quadkey: string): number => Number.parseInt(quadkey, 4)

const columnAndRow = (tile: number): [x: number, y: number] => {
  let [x, y] = [0, 0]
  for (let bit = 0; bit < CELL_ZOOM; bit++) {
    x |= ((tile >> (2 * bit)) & 1) << bit
    y |= ((tile >> (2 * bit + 1)) & 1) << bit
  }
  return [x, y]
}
const tileIn = (x: number, y: number): number => {
  let tile = 0
  for (let bit = 0; bit < CELL_ZOOM; bit++) tile |= (((x >> bit) & 1) | (((y >> bit) & 1) << 1)) << (2 * bit)
  return tile
}

export type Block = readonly [first: number, end: number]

/**
 * The tiles from one at the north-west to one at the south-east, in blocks of 1, 4, 16 and so on: `most` blocks at the
 * most.
 */
export const blocksBetween = (northWest: number, southEast: number, most: number): Block[] => {
  const [[west, north], [east, south]] = [columnAndRow(northWest), columnAndRow(southEast)]
  let shift = 0
  const across = (): number => (east >> shift) - (west >> shift) + 1
  while (across() * ((south >> shift) - (north >> shift) + 1) > most) shift++
  const blocks: Block[] = []
  // Tiles of a block follow each other, as quadkeys with one beginning do.
  for (let y = north >> shift; y <= south >> shift; y++)
    for (let x = west >> shift; x <= east >> shift; x++) {
      const first = tileIn(x << shift, y << shift)
      blocks.push([first, first + 4 ** shift])
    }
  return blocks
}
