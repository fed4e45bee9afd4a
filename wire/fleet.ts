import type { Command } from './commands.ts'
import { isBefore } from './order.ts'

/**
 * One GPS position of a device. `n` is the source's own number for it (positive, unique within a device), `t` the
 * device's time in Unix milliseconds, `lat` and `lon` WGS 84 degrees, `speed` m/s, `heading` degrees clockwise from
 * north, `battery` 0 to 1, `route` what the device serves. `parked`: it said that it stopped. `readings`: what else it
 * measured (readings.ts has their units). What a device does not report is left out. `doubtful`: the
 * device can hardly have been there (it would have had to go too fast); such a fix is in the track, but does not move
 * the device by itself.
 */
export type Fix = {
  id: string
  n: number
  t: number
  lat: number
  lon: number
  speed?: number
  heading?: number
  battery?: number
  route?: string
  parked?: true
  readings?: Record<string, number>
  doubtful?: true
}

/** Whether one of a device's fixes comes after another. */
export const isNewer = (a: Pick<Fix, 't' | 'n'>, b: Pick<Fix, 't' | 'n'>): boolean => isBefore([b.t, b.n], [a.t, a.n])

/** A device left a cell with the fix `{t, n}`: into the cell `to`, or nowhere (reaped) where `to` is null. */
export type Left = { id: string; t: number; n: number; to: string | null }

/** A cell's state at a cursor: the last fix of every device in it. */
export type CellSnapshot = { fixes: Fix[] }
/** What follows: fixes of devices in the cell, newest per device, and the devices that left. */
export type CellUpdate = { fixes?: Fix[]; left?: Left[] }

/**
 * What is known of a device besides where it is. `heard`: when anything last came from it (Unix ms, as last told: at
 * most every ten seconds). `every`: seconds between its reports, as it said or as it was learnt. `parked`: it said that
 * it stopped. `takes`: kinds of commands that it understands; left out where it takes none. `door`: how it was heard.
 */
export type Life = {
  heard: number
  every?: number
  parked?: true
  takes?: string[]
  door?: string
  attributes?: Record<string, string | number | boolean>
}

/**
 * A device's state at a cursor; `cell` is the one it is in, null once it is reaped; `description`: as of the snapshot,
 * where a feed described it. `commands`: those that are under way and the last ten that are not, oldest first.
 */
export type DeviceSnapshot = {
  last: Fix | null
  cell: string | null
  description?: DeviceDescription
  life?: Life
  commands?: Command[]
}
/**
 * What follows: every accepted fix, late ones (not newer than the last) too; what is known of it besides; commands as
 * they are now. `late`: fixes that came too late for what Redis keeps, for the archive: nobody knows whether they came
 * before. `keyed`: its key was made anew or taken back then (Unix ms), so whoever let it in looks again.
 */
export type DeviceUpdate = { fixes?: Fix[]; life?: Life; late?: Fix[]; commands?: Command[]; keyed?: number }

/**
 * What a feed tells of a device besides its fixes. `attributes`: plate, driver, phone, and whatever else it is known
 * by.
 */
export type DeviceDescription = {
  name?: string
  group?: string
  category?: string
  attributes?: Record<string, string | number | boolean>
}

/** Highest latitude of the web map's grid and of Redis GEO, in degrees. */
export const MAX_LATITUDE = 85.05112878
