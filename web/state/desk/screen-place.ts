import { deviceTopic, REGISTER, symbolTopic, type Topic } from '../../../wire/topics.ts'
import { formatPlace, type Place, parsePlace } from '../place.ts'
import type { MapView } from '../prefs.ts'

/** Where a person is, and which part of the map they see; null where they see none. */
export type Screenful = { place: Place; map: MapView | null }

const MAP = /(?:[?&])map=(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?),(\d{1,2}(?:\.\d{1,2})?)(?:&|$)/
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** A screen as others are told of it: the address, and the middle of the map. */
export const formatScreen = ({ place, map }: Screenful): string => {
  const address = formatPlace(place)
  if (map === null || place.workspace === 'markets') return address
  const middle = [rounded(map.lat, 5), rounded(map.lon, 5), rounded(map.zoom, 2)].join()
  return `${address}${address.includes('?') ? '&' : '?'}map=${middle}`
}

/** The part of the map that an address names; null where it names none. */
export const mapIn = (address: string): MapView | null => {
  const [, lat, lon, zoom] = MAP.exec(address) ?? []
  if (lat === undefined) return null
  const map = { lat: Number(lat), lon: Number(lon), zoom: Number(zoom) }
  return Math.abs(map.lat) <= 90 && Math.abs(map.lon) <= 180 ? map : null
}

/** The screen that {@link formatScreen} wrote. */
export const parseScreen = (address: string, fallback: Place): Screenful => ({
  place: parsePlace(address, fallback),
  map: mapIn(address),
})

/** What one looks at, in one topic: the symbol of the chart, the selected device, or the map. */
export const lookedAt = ({ workspace, symbol, device }: Place): Topic | null => {
  if (workspace !== 'fleet' && symbol !== null) return symbolTopic(symbol)
  if (workspace === 'markets') return null
  return device === null ? REGISTER : deviceTopic(device)
}
