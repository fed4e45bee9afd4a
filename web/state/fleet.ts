import { type ReadonlySignal, signal } from '@preact/signals'
import type { CellSnapshot, CellUpdate, Fix, Left } from '../../wire/fleet.ts'
import { isNewer } from '../../wire/fleet.ts'
import { type Clocks, STATUSES, type Status, statusOf } from '../../wire/status.ts'
import { newestOf, onOurClock } from './clocks.ts'
import { type At, createDepartures } from './departures.ts'
import { type Gaps, NO_GAPS, usualGap, withGap } from './every.ts'
import { atRest, type Motion, moveTo } from './motion.ts'
import type { Times } from './times.ts'

/**
 * A device in a watched cell. `clocks`: on this browser's clock, of its fixes alone, for cells tell nothing else; `gaps`:
 * between those that we saw; `told`: its interval as the list of devices said it (s). `known`: up to when we know where
 * it is, which is past its last fix when it was told to have left for `cell` and has not appeared there yet; `awaited`:
 * since when it has not.
 */
export type Device = {
  id: string
  cell: string
  fix: Fix
  known: At
  motion: Motion
  clocks: FixClocks
  gaps: Gaps
  told: number | null
  awaited: number | null
}

/** Of a device that has a fix. */
export type FixClocks = Clocks & { fixed: number; heard: number }

/** It went through the cell that it left for before that cell was read: it is not there, and nothing will say so. */
const AWAITED_FOR = 10_000

/** What a fix tells of its device's clocks, heard of at `heard`. */
const clocksOf = (fix: Fix, heard: number, times: Times, every: number | null): FixClocks => ({
  fixed: Math.min(heard, onOurClock(fix.t, times)),
  heard,
  every,
  parked: fix.parked === true,
})

/** Moves a device to a newer fix, maybe in another cell; on screen it begins to go there at `steady`. */
const move = (device: Device, cell: string, fix: Fix, heard: number, times: Times): void => {
  device.motion = moveTo(device.motion, device.fix, fix, times.steady)
  device.gaps = withGap(device.gaps, device.fix, fix)
  device.cell = cell
  device.fix = fix
  device.known = fix
  device.awaited = null
  const every = usualGap(device.gaps) ?? device.told
  device.clocks = clocksOf(fix, Math.max(heard, device.clocks.heard), times, every)
}

const newDevice = (cell: string, fix: Fix, heard: number, times: Times): Device => ({
  ...{ id: fix.id, cell, fix, known: fix, motion: atRest(fix, times.steady), awaited: null },
  ...{ clocks: clocksOf(fix, heard, times, null), gaps: NO_GAPS, told: null },
})

/** How many devices have each status. */
export type Tallies = Readonly<Record<Status, number>>
const NONE: Tallies = { live: 0, late: 0, stale: 0, offline: 0, parked: 0 }

const tallyOf = (devices: Iterable<Device>, now: number): Tallies => {
  const tallies: Record<Status, number> = { ...NONE }
  for (const { clocks } of devices) tallies[statusOf(clocks, now)]++
  return tallies
}

/**
 * The devices in the watched cells. Time and number decide which fix is newer, never the order of arrival. A device
 * goes only when it left to a cell that is not watched or nowhere, or when its cell is no longer watched.
 */
export const createFleet = (wake: () => void) => {
  const devices = new Map<string, Device>()
  const departures = createDepartures()
  /** Devices as they were at another moment: shown until their cells come anew, and compared with nothing. */
  const former = new Set<string>()
  const cells = new Set<string>()
  const count = signal(0)
  const tallies = signal(NONE)

  const changed = (): void => {
    count.value = devices.size
    wake()
  }

  const forget = (id: string): void => {
    devices.delete(id)
    former.delete(id)
  }
  const remove = (id: string, at: At): void => {
    forget(id)
    departures.add(id, at)
  }

  const put = (cell: string, fix: Fix, heard: number, times: Times): void => {
    if (departures.isAfter(fix)) return
    const device = former.has(fix.id) ? undefined : devices.get(fix.id)
    if (fix.doubtful) {
      if (device) device.clocks = { ...device.clocks, heard: Math.max(heard, device.clocks.heard) }
      return
    }
    if (device === undefined) {
      devices.set(fix.id, newDevice(cell, fix, heard, times))
      former.delete(fix.id)
      departures.forget(fix.id)
    } else if (isNewer(fix, device.fix) && !isNewer(device.known, fix)) move(device, cell, fix, heard, times)
  }

  const depart = (cell: string, left: Left, now: number): void => {
    const device = former.has(left.id) ? undefined : devices.get(left.id)
    const older = device && isNewer(device.known, left)
    const arrived = device && !isNewer(left, device.known) && device.cell !== cell
    if (older || arrived) return
    // Into a cell that we watch: only a hint, the device appears there by itself. Until then it belongs to that cell.
    if (device && left.to !== null && cells.has(left.to)) {
      device.cell = left.to
      device.known = left
      device.awaited = now
    } else remove(left.id, left)
  }

  return {
    devices: devices as ReadonlyMap<string, Device>,
    cells: cells as ReadonlySet<string>,
    count,
    /** As of the last second. */
    tallies: tallies as ReadonlySignal<Tallies>,
    /** The cells that are watched from now on; devices of the others go. */
    watch: (watched: readonly string[]): void => {
      cells.clear()
      for (const cell of watched) cells.add(cell)
      for (const { id, cell } of devices.values()) if (!cells.has(cell)) forget(id)
      changed()
    },
    /**
     * The list of devices says at which interval one reports, and what its signs of life were. The interval that we saw
     * ourselves is newer.
     */
    tell: (id: string, told: Clocks): void => {
      const device = devices.get(id)
      if (device === undefined) return
      const { clocks, gaps } = device
      device.told = told.every
      const { every, parked } = newestOf({ ...clocks, every: usualGap(gaps) }, told)
      device.clocks = { ...clocks, every, parked, heard: Math.max(clocks.heard, told.heard ?? 0) }
    },
    /** Takes off what is awaited in vain, and has the map drawn again where time alone has made a device late. */
    tick: (now: number): void => {
      const lost = [...devices.values()].filter(({ awaited }) => awaited !== null && now - awaited > AWAITED_FOR)
      for (const { id, known } of lost) remove(id, known)
      if (lost.length > 0) changed()
      const next = tallyOf(devices.values(), now)
      if (STATUSES.every((status) => next[status] === tallies.peek()[status])) return
      tallies.value = next
      wake()
    },
    /** All cells come anew, as of another moment, perhaps an earlier one. */
    rewind: (): void => {
      departures.clear()
      for (const id of devices.keys()) former.add(id)
    },
    /** A cell's state anew: devices that we had there and that are not in it have left unseen. */
    snapshot: (cell: string, { fixes }: CellSnapshot, times: Times): void => {
      if (!cells.has(cell)) return
      const present = new Set(fixes.map(({ id }) => id))
      for (const { id, cell: at } of devices.values()) if (at === cell && !present.has(id)) forget(id)
      for (const fix of fixes) put(cell, fix, onOurClock(fix.t, times), times)
      changed()
    },
    update: (cell: string, { fixes, left }: CellUpdate, times: Times): void => {
      if (!cells.has(cell)) return
      for (const fix of fixes ?? []) put(cell, fix, times.now, times)
      for (const one of left ?? []) depart(cell, one, times.now)
      changed()
    },
  }
}
export type Fleet = ReturnType<typeof createFleet>
