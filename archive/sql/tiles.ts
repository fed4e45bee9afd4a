import { quadkeyOf } from '../../wire/cells.ts'
import { SLICE_MS } from '../../wire/past.ts'

/** A tile of zoom 13 as a number: its quadkey, read as one of base four. */
export const tileOf = (lat: number, lon: number): number => Number.parseInt(quadkeyOf(lat, lon), 4)
export const tileNumber = (quadkey: string): number => Number.parseInt(quadkey, 4)

/** Slices are counted from 1970. */
export const sliceOf = (t: number): number => Math.floor(t / SLICE_MS)
