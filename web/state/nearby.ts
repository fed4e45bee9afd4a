import type { Vehicle } from './fleet.ts'
import { distance } from './mercator.ts'

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

/** The vehicles whose id or route matches `text`, those that begin with it first, at most `most`. */
export const findVehicles = (vehicles: Iterable<Vehicle>, text: string, most: number): Vehicle[] => {
  const query = text.trim().toLowerCase()
  if (query === '') return []
  const score = ({ id, fix }: Vehicle): number => {
    const name = id.toLowerCase()
    if (name.startsWith(query)) return 0
    if (fix.route?.toLowerCase() === query) return 1
    return name.includes(query) ? 2 : 3
  }
  return [...vehicles]
    .map((vehicle) => ({ vehicle, score: score(vehicle) }))
    .filter(({ score }) => score < 3)
    .toSorted((a, b) => a.score - b.score || (a.vehicle.id < b.vehicle.id ? -1 : 1))
    .slice(0, most)
    .map(({ vehicle }) => vehicle)
}
