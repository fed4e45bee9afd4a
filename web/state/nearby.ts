import type { Device } from './fleet.ts'
import { distance } from './mercator.ts'
import { byName } from './watchlist.ts'

/** The devices nearest to a place, the nearest first, at most `most`. */
export const nearestDevices = (
  devices: Iterable<Device>,
  centre: { lat: number; lon: number },
  most: number,
): Device[] =>
  [...devices]
    .map((device) => ({ device, far: distance(device.fix, centre) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ device }) => device)

const NO_MATCH = 5

/** The devices whose id or route matches `text`, those that begin with it first, at most `most`. */
export const findDevices = (devices: Iterable<Device>, text: string, most: number): Device[] => {
  const typed = text.trim()
  const query = typed.toLowerCase()
  if (query === '') return []
  const score = ({ id, fix }: Device): number => {
    const name = id.toLowerCase()
    if (name === query) return id === typed ? 0 : 1
    if (name.startsWith(query)) return 2
    if (fix.route?.toLowerCase() === query) return 3
    return name.includes(query) ? 4 : NO_MATCH
  }
  return [...devices]
    .map((device) => ({ device, score: score(device) }))
    .filter(({ score }) => score < NO_MATCH)
    .toSorted((a, b) => a.score - b.score || byName(a.device.id, b.device.id))
    .slice(0, most)
    .map(({ device }) => device)
}
