import type { Bounds } from '../../wire/cells.ts'
import { formatDistance } from './format.ts'
import { distance } from './mercator.ts'

type Spot = { lat: number; lon: number }

/** Metres from the equator to a pole, divided by 90: what a degree of latitude measures. */
const METRES_A_DEGREE = 111_195

const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180

/** The same rectangle with its western edge within 180 degrees: a map that was panned around gives others. */
export const unpanned = ({ west, south, east, north }: Bounds): Bounds => {
  const shift = wrap(west) - west
  return { west: west + shift, south, east: east + shift, north }
}

export const middleOf = ({ west, south, east, north }: Bounds): Spot => ({
  lat: (south + north) / 2,
  lon: wrap((west + east) / 2),
})

/** The square that holds everything within so many metres of a spot. */
export const around = ({ lat, lon }: Spot, metres: number): Bounds => {
  const up = metres / METRES_A_DEGREE
  const aside = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  return { west: lon - aside, south: lat - up, east: lon + aside, north: lat + up }
}

export const isWithin = ({ west, south, east, north }: Bounds, { lat, lon }: Spot): boolean =>
  lat >= south && lat <= north && (((lon - west) % 360) + 360) % 360 <= east - west

/** How large a rectangle is: `3.2 km by 1.8 km`. */
export const sizeInWords = (bounds: Bounds): string => {
  const { lat, lon } = middleOf(bounds)
  const wide = distance({ lat, lon: bounds.west }, { lat, lon: bounds.east })
  const high = distance({ lat: bounds.south, lon }, { lat: bounds.north, lon })
  return `${formatDistance(wide)} by ${formatDistance(high)}`
}
