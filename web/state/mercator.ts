import { clamp } from '../../wire/clamp.ts'
import { MAX_LATITUDE } from '../../wire/fleet.ts'

/** A place on the map's own grid: 0 to 1 from west to east, 0 to 1 from north to south. Source: EPSG:3857. */
export type Point = { x: number; y: number }

const radians = (degrees: number): number => (degrees * Math.PI) / 180

export const project = (lat: number, lon: number): Point => {
  const sine = Math.sin(radians(clamp(lat, -MAX_LATITUDE, MAX_LATITUDE)))
  return { x: (lon + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) }
}

const EARTH = 6_371_008.8

/** Metres between two positions in degrees, along the sphere (haversine). */
export const distance = (a: { lat: number; lon: number }, b: { lat: number; lon: number }): number => {
  const lat = Math.sin(radians(b.lat - a.lat) / 2)
  const lon = Math.sin(radians(b.lon - a.lon) / 2)
  return 2 * EARTH * Math.asin(Math.sqrt(lat * lat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * lon * lon))
}

/** The direction from `a` to `b` in degrees clockwise from north. */
export const bearing = (a: { lat: number; lon: number }, b: { lat: number; lon: number }): number => {
  const turn = radians(b.lon - a.lon)
  const y = Math.sin(turn) * Math.cos(radians(b.lat))
  const x =
    Math.cos(radians(a.lat)) * Math.sin(radians(b.lat)) -
    Math.sin(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.cos(turn)
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360
}
