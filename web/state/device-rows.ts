import type { DeviceRow } from '../../wire/api.ts'
import { OTHER } from '../../wire/groups.ts'
import { type Clocks, STATUSES, type Status, statusOf } from '../../wire/status.ts'
import { clocksOfRow, newestOf } from './clocks.ts'
import { byName } from './watchlist.ts'

/** A device as the list shows it. `keyed`: whether it has a key, as far as this person is told. */
export type ListedDevice = {
  id: string
  name: string
  group: string
  status: Status
  clocks: Clocks
  keyed: boolean
}

export const LIST_COLUMNS = ['status', 'id', 'group', 'fixed', 'heard'] as const
export type ListColumn = (typeof LIST_COLUMNS)[number]
export type ListSort = { column: ListColumn; descending: boolean } | null
export type StatusFilter = Status | 'all'

/** Rows as they were read at a time of this browser's clock. */
export type RowsRead = { rows: readonly DeviceRow[]; now: number; serverNow: number }

/**
 * A reading is good for so long, in milliseconds: no device is late sooner. What nobody tells us of is judged as of the
 * reading until then.
 */
export const GOOD_FOR = 15_000

/** The rows as they stand at `now`. `near`: what the map hears of a device; undefined where it hears nothing. */
export const listDevices = (
  { rows, ...read }: RowsRead,
  near: (id: string) => Clocks | undefined,
  now: number,
): ListedDevice[] => {
  const asOf = now - read.now < GOOD_FOR ? read.now : now
  return rows.map((row) => {
    const { id, name = '', group = OTHER, keyed = false } = row
    const heard = near(id)
    const far = clocksOfRow(row, read)
    const clocks = heard === undefined ? far : newestOf(heard, far)
    return { id, name, group, clocks, keyed, status: statusOf(clocks, heard === undefined ? asOf : now) }
  })
}

/** How many there are of each status, and in all. */
export const countByStatus = (devices: readonly ListedDevice[]): Record<StatusFilter, number> => {
  const counts: Record<StatusFilter, number> = {
    all: devices.length,
    live: 0,
    late: 0,
    stale: 0,
    offline: 0,
    parked: 0,
  }
  for (const { status } of devices) counts[status]++
  return counts
}

/** What needs a look comes first. */
const URGENCY: readonly Status[] = ['stale', 'offline', 'late', 'parked', 'live']

/** Less than 0: `a` comes first. What has no time comes last, whichever way. */
const compare = (a: ListedDevice, b: ListedDevice, column: ListColumn, way: number): number => {
  if (column === 'id') return byName(a.id, b.id) * way
  if (column === 'group') return byName(a.group, b.group) * way
  if (column === 'status') return (URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status)) * way
  const [x, y] = [a.clocks[column], b.clocks[column]]
  if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
  return (x - y) * way
}

/** Those of one status, in the order of the sort. */
export const sortDevices = (
  devices: readonly ListedDevice[],
  filter: StatusFilter,
  sort: ListSort,
): readonly ListedDevice[] => {
  const shown = filter === 'all' ? devices : devices.filter(({ status }) => status === filter)
  if (sort === null) return shown
  const way = sort.descending ? -1 : 1
  return shown.toSorted((a, b) => compare(a, b, sort.column, way) || byName(a.id, b.id))
}

/** The sort after a click on a column's head: first the newest, or A to Z, then reversed, then by id as it was read. */
export const nextListSort = (sort: ListSort, column: ListColumn): ListSort => {
  const first = { column, descending: column === 'fixed' || column === 'heard' }
  if (sort?.column !== column) return first
  return sort.descending === first.descending ? { column, descending: !first.descending } : null
}

export const STATUS_FILTERS: readonly StatusFilter[] = ['all', ...STATUSES]
