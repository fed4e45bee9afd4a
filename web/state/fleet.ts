import { signal } from '@preact/signals'
import type { CellSnapshot, CellUpdate, Fix, Left } from '../../wire/fleet.ts'
import { isNewer } from '../../wire/fleet.ts'
import { type At, createDepartures } from './departures.ts'
import { atRest, type Motion, moveTo } from './motion.ts'
import type { Times } from './times.ts'

/**
 * A device in a watched cell. `heardAt`: when its last fix was made, on this browser's clock. `known`: up to when we
 * know where it is, which is past its last fix when it was told to have left for `cell` and has not appeared there yet;
 * `awaited`: since when it has not.
 */
export type Device = {
  id: string
  cell: string
  fix: Fix
  known: At
  motion: Motion
  heardAt: number
  awaited: number | null
}

export const SILENT_AFTER = 120_000
/** It went through the cell that it left for before that cell was read: it is not there, and nothing will say so. */
const AWAITED_FOR = 10_000

/** Whether a device has been silent for so long that it is drawn dimmed. */
export const isSilent = (device: Pick<Device, 'heardAt'>, now: number): boolean => now - device.heardAt > SILENT_AFTER

/** Moves a device to a newer fix, maybe in another cell; on screen it begins to go there at `steady`. */
const move = (device: Device, cell: string, fix: Fix, heardAt: number, steady: number): void => {
  device.motion = moveTo(device.motion, device.fix, fix, steady)
  device.cell = cell
  device.fix = fix
  device.known = fix
  device.awaited = null
  device.heardAt = Math.max(heardAt, device.heardAt)
}

/**
 * The devices in the watched cells. Time and number decide which fix is newer, never the order of arrival. A device
 * goes only when it left to a cell that is not watched or nowhere, or when its cell is no longer watched.
 */
export const createFleet = (wake: () => void) => {
  const devices = new Map<string, Device>()
  const departures = createDepartures()
  const cells = new Set<string>()
  const count = signal(0)

  const changed = (): void => {
    count.value = devices.size
    wake()
  }

  const remove = (id: string, at: At): void => {
    devices.delete(id)
    departures.add(id, at)
  }

  const put = (cell: string, fix: Fix, heardAt: number, steady: number): void => {
    if (departures.isAfter(fix)) return
    const device = devices.get(fix.id)
    if (fix.doubtful) {
      if (device) device.heardAt = Math.max(heardAt, device.heardAt)
      return
    }
    if (device === undefined) {
      devices.set(fix.id, { id: fix.id, cell, fix, known: fix, motion: atRest(fix, steady), heardAt, awaited: null })
      departures.forget(fix.id)
    } else if (isNewer(fix, device.fix) && !isNewer(device.known, fix)) move(device, cell, fix, heardAt, steady)
  }

  const depart = (cell: string, left: Left, now: number): void => {
    const device = devices.get(left.id)
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
    /** The cells that are watched from now on; devices of the others go. */
    watch: (watched: readonly string[]): void => {
      cells.clear()
      for (const cell of watched) cells.add(cell)
      for (const { id, cell } of devices.values()) if (!cells.has(cell)) devices.delete(id)
      changed()
    },
    /** Takes off what is awaited in vain. */
    tick: (now: number): void => {
      const lost = [...devices.values()].filter(({ awaited }) => awaited !== null && now - awaited > AWAITED_FOR)
      for (const { id, known } of lost) remove(id, known)
      if (lost.length > 0) changed()
    },
    /** A cell's state anew: devices that we had there and that are not in it have left unseen. */
    snapshot: (cell: string, { fixes }: CellSnapshot, { steady, now, serverNow }: Times): void => {
      if (!cells.has(cell)) return
      const present = new Set(fixes.map(({ id }) => id))
      for (const { id, cell: at } of devices.values()) if (at === cell && !present.has(id)) devices.delete(id)
      for (const fix of fixes) put(cell, fix, now - Math.max(0, serverNow - fix.t), steady)
      changed()
    },
    update: (cell: string, { fixes, left }: CellUpdate, { steady, now }: Pick<Times, 'steady' | 'now'>): void => {
      if (!cells.has(cell)) return
      for (const fix of fixes ?? []) put(cell, fix, now, steady)
      for (const one of left ?? []) depart(cell, one, now)
      changed()
    },
  }
}
export type Fleet = ReturnType<typeof createFleet>
