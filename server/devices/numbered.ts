import type { ReportedFix } from '../../wire/devices.ts'
import type { Fix } from '../../wire/fleet.ts'

/** Fixes of one millisecond that can be told apart by their places. */
const PLACES = 1000
const FNV_START = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** A number below 1000 of a place (FNV-1a): the same one however often the fix is reported. */
const placeNumber = (lat: number, lon: number): number => {
  let hash = FNV_START
  for (const byte of Buffer.from(`${lat},${lon}`)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0
  return hash % PLACES
}

/** A fix that its source did not number gets a number of its time and place, so that a repeat is known as one. */
export const numbered = (id: string, fix: ReportedFix): Fix => ({
  ...fix,
  id,
  n: fix.n ?? Math.round(fix.t) * PLACES + placeNumber(fix.lat, fix.lon),
})
