import type { Fix } from '../../wire/fleet.ts'
import type { FixRow } from '../archive.ts'
import { asWhole } from './decimals.ts'
import type { Value } from './engine.ts'
import type { Fixes } from './schema.ts'
import { tileOf } from './tiles.ts'

/**
 * Bits of `flags`. The last three: the value is multiplied, because it is a whole number then, which takes less room.
 */
export const PARKED = 1
export const DOUBTFUL = 2
export const PLACE = 4
const SPEED = 8
const HEADING = 16
export const PLACE_POWER = 1e7
const POWER = 100

const optional = (x: number | undefined): number | null => (x === undefined ? null : x + 0)

/** Values in the order of the columns. `-0` becomes 0, as it does in JSON. */
export const fixValues = (device: number, { fix, at }: FixRow): Value[] => {
  const lat = asWhole(fix.lat, PLACE_POWER)
  const lon = asWhole(fix.lon, PLACE_POWER)
  const isPlace = lat !== null && lon !== null
  const speed = fix.speed === undefined ? null : asWhole(fix.speed, POWER)
  const heading = fix.heading === undefined ? null : asWhole(fix.heading, POWER)
  const flags =
    (fix.parked ? PARKED : 0) |
    (fix.doubtful ? DOUBTFUL : 0) |
    (isPlace ? PLACE : 0) |
    (speed === null ? 0 : SPEED) |
    (heading === null ? 0 : HEADING)
  return [
    device,
    fix.t,
    fix.n,
    at - fix.t,
    isPlace ? lat : fix.lat + 0,
    isPlace ? lon : fix.lon + 0,
    speed ?? optional(fix.speed),
    heading ?? optional(fix.heading),
    optional(fix.battery),
    fix.route ?? null,
    flags,
    fix.readings ? JSON.stringify(fix.readings) : null,
    tileOf(fix.lat, fix.lon),
  ]
}

const undo = (x: number, isMultiplied: number, power: number): number => (isMultiplied ? x / power : x)

export const fixOf = (id: string, row: Fixes): Fix => ({
  id,
  n: row.n,
  t: row.t,
  lat: undo(row.lat, row.flags & PLACE, PLACE_POWER),
  lon: undo(row.lon, row.flags & PLACE, PLACE_POWER),
  ...(row.speed !== null && { speed: undo(row.speed, row.flags & SPEED, POWER) }),
  ...(row.heading !== null && { heading: undo(row.heading, row.flags & HEADING, POWER) }),
  ...(row.battery !== null && { battery: row.battery }),
  ...(row.route !== null && { route: row.route }),
  ...((row.flags & PARKED) !== 0 && { parked: true as const }),
  ...(row.readings !== null && { readings: JSON.parse(row.readings) as Record<string, number> }),
  ...((row.flags & DOUBTFUL) !== 0 && { doubtful: true as const }),
})
export const fixRowOf = (id: string, row: Fixes): FixRow => ({ fix: fixOf(id, row), at: row.t + row.at })
