import type { DeviceRow } from '../../wire/api.ts'
import { cellOf } from '../../wire/cells.ts'
import type { Past } from './questions.ts'

/** Devices that are read at once. */
const AT_ONCE = 20
/** Fixes that are looked through for one that is not doubtful. */
const MOST_DOUBTFUL = 10

/**
 * Rows of the list of devices as of a moment: those that had reported by then, and where they were. What else is known
 * of a device is told as it is now. One that was silent for `reapAfterMs` was in no cell.
 */
export const devicesAt = async (
  archive: Past,
  rows: readonly DeviceRow[],
  at: number,
  reapAfterMs: number,
): Promise<DeviceRow[]> => {
  const then: DeviceRow[] = []
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const some = await Promise.all(rows.slice(i, i + AT_ONCE).map((row) => rowAt(archive, row, at, reapAfterMs)))
    then.push(...some.filter((row) => row !== null))
  }
  return then
}

const rowAt = async (archive: Past, row: DeviceRow, at: number, reapAfterMs: number): Promise<DeviceRow | null> => {
  const rows = await archive.track({ device: row.id, from: 0, to: at, limit: MOST_DOUBTFUL })
  const newest = rows.at(-1)
  if (newest === undefined) return null
  const last = rows.findLast(({ fix }) => !fix.doubtful)?.fix ?? null
  const isThere = last !== null && at - newest.fix.t < reapAfterMs
  const { life: _, ...known } = row
  // When it was heard in the end is no part of the moment: it may have sent what it had stored.
  const heard = Math.min(newest.at, at)
  return { ...known, last, cell: isThere ? cellOf(last.lat, last.lon, row.group) : null, heard }
}
