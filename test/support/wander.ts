import { cellBounds, cellOf } from '../../wire/cells.ts'

export type Place = { lat: number; lon: number }

/**
 * Of a degree, that a device goes between two fixes on either axis at most: some 60 m, which no receiver's error gives
 * away as a leap.
 */
const STRIDE = 0.0006

/** Where four cells meet, near a place: a device that wanders from there crosses borders all the time. */
export const cornerNear = ({ lat, lon }: Place): Place => {
  const { north, west } = cellBounds(cellOf(lat, lon))
  return { lat: north, lon: west }
}

/** The next place of a device that wanders; `random` gives numbers from 0 to 1. */
export const wander = ({ lat, lon }: Place, random: () => number): Place => ({
  lat: lat + (random() * 2 - 1) * STRIDE,
  lon: lon + (random() * 2 - 1) * STRIDE,
})
