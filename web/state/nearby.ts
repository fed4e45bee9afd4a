import type { Vehicle } from './fleet.ts'
import { distance } from './mercator.ts'
import { byName } from './watchlist.ts'

/** The vehicles nearest to a place, the nearest first, at most `most`. */
export const nearestVehicles = (
  vehicles: Iterable<Vehicle>,
  centre: { lat: number; lon: number },
  most: number,
): Vehicle[] =>
  [...vehicles]
    .map((vehicle) => ({ vehicle, far: distance(vehicle.fix, centre) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ vehicle }) => vehicle)

const NO_MATCH = 5

/** The vehicles whose id or route matches `text`, those that begin with it first, at most `most`. */
export const findVehicles = (vehicles: Iterable<Vehicle>, text: string, most: number): Vehicle[] => {
  const typed = text.trim()
  const query = typed.toLowerCase()
  if (query === '') return []
  const score = ({ id, fix }: Vehicle): number => {
    const name = id.toLowerCase()
    if (name === query) return id === typed ? 0 : 1
    if (name.startsWith(query)) return 2
    if (fix.route?.toLowerCase() === query) return 3
    return name.includes(query) ? 4 : NO_MATCH
  }
  return [...vehicles]
    .map((vehicle) => ({ vehicle, score: score(vehicle) }))
    .filter(({ score }) => score < NO_MATCH)
    .toSorted((a, b) => a.score - b.score || byName(a.vehicle.id, b.vehicle.id))
    .slice(0, most)
    .map(({ vehicle }) => vehicle)
}
