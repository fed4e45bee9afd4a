import { SPEEDS, type Speed } from '../../../wire/past.ts'
import { deviceTopic, REGISTER, symbolTopic, type Topic } from '../../../wire/topics.ts'
import { fieldOf, formatPlace, type Place, parsePlace } from '../place.ts'
import type { MapView } from '../prefs.ts'

/**
 * Where a person is, and which part of the map they see; null where they see none. `speed`: how fast the past goes on,
 * where it is the past that they look at.
 */
export type Screenful = { place: Place; map: MapView | null; speed: Speed | 0 }

const MAP = /(?:[?&])map=(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?),(\d{1,2}(?:\.\d{1,2})?)(?:&|$)/
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

const middleOf = (map: MapView): string => [rounded(map.lat, 5), rounded(map.lon, 5), rounded(map.zoom, 2)].join()

/** A screen as others are told of it: the address, the middle of the map, and how fast the past goes on. */
export const formatScreen = ({ place, map, speed }: Screenful): string => {
  const address = formatPlace(place)
  const more = [
    ...(map === null || place.workspace === 'markets' ? [] : [`map=${middleOf(map)}`]),
    ...(place.at === undefined || speed === 0 ? [] : [`speed=${speed}`]),
  ]
  return more.length === 0 ? address : `${address}${address.includes('?') ? '&' : '?'}${more.join('&')}`
}

/** The part of the map that an address names; null where it names none. */
export const mapIn = (address: string): MapView | null => {
  const [, lat, lon, zoom] = MAP.exec(address) ?? []
  if (lat === undefined) return null
  const map = { lat: Number(lat), lon: Number(lon), zoom: Number(zoom) }
  return Math.abs(map.lat) <= 90 && Math.abs(map.lon) <= 180 ? map : null
}

const speedIn = (address: string): Speed | 0 => {
  const speed = Number(fieldOf(address.split('?')[1] ?? '', 'speed'))
  return SPEEDS.find((one) => one === speed) ?? 0
}

/** The screen that {@link formatScreen} wrote. */
export const parseScreen = (address: string, fallback: Place): Screenful => ({
  place: parsePlace(address, fallback),
  map: mapIn(address),
  speed: speedIn(address),
})

/** What one looks at, in one topic: the symbol of the chart, the selected device, or the map. */
export const lookedAt = ({ workspace, symbol, device }: Place): Topic | null => {
  if (workspace !== 'fleet' && symbol !== null) return symbolTopic(symbol)
  if (workspace === 'markets') return null
  return device === null ? REGISTER : deviceTopic(device)
}
