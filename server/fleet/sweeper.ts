import type { Logger } from 'pino'
import { callFunction } from '../../redis/call.ts'
import { isAnswer } from '../../redis/errors.ts'
import { leaveCell, placeInCell } from '../../wire/calls.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import { cellTopic, deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { type Faults, isOwnFault } from '../faults.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, StrangeField } from '../redis/rows.ts'
import { scanKeys } from '../redis/scan.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { placeAbsent } from './absent.ts'
import { emptyOldCell, isOldCell, oldCells } from './old-cells.ts'
import type { Register } from './register.ts'
import {
  createRegisterMender,
  ENTRY_FIELDS,
  entryOf,
  NO_MENDER,
  type RegisterMender,
  takeOverDevices,
} from './register-mender.ts'

export type SweepOptions = {
  /** A device silent for so long is taken off the map, in milliseconds. */
  reapAfterMs: number
  /** How often the whole fleet is looked through. */
  everyMs: number
}

const LEASE_KEY = 'wf:{sweeper}'
const CELLS = topicPart(cellTopic('*'), 'fix')
/** Cells, and devices of one cell, that are looked at together: a far Redis is not waited for once for each. */
const CELLS_AT_ONCE = 16
const DEVICES_AT_ONCE = 200

/**
 * Mends what a feed that died between the steps of a fix left behind, and reaps devices long silent; at the start it
 * empties cells of before there were groups. One node at a time does it, by a lease; every step is harmless to repeat.
 * Returns a function that stops it.
 */
export const startSweeper = (
  redis: Commands,
  node: string,
  options: SweepOptions,
  log: Logger,
  faults: Faults,
  register: () => Promise<Register>,
  unreadable: Unreadable = () => {},
): (() => void) => {
  let busy = false
  const inTurn = async (work: () => Promise<Swept>): Promise<void> => {
    // A sweep may take longer than the lease.
    if (busy) return
    busy = true
    try {
      const leased = await redis.set(LEASE_KEY, node, 'PX', Math.ceil(options.everyMs * 0.9), 'NX')
      if (leased !== 'OK') return
      const { removed, moved } = await work()
      if (removed > 0) log.info({ swept: removed }, 'The sweeper removed devices from cells')
      if (moved > 0)
        log.info({ devices: moved }, 'Devices moved from cells of an older version into those of their groups')
    } catch (error) {
      // Redis is away or busy; the next round does it.
      if (isOwnFault(error)) throw error
    } finally {
      busy = false
    }
  }
  let begun = false
  const begin = (): Promise<void> =>
    inTurn(async () => {
      const swept = await takeOver(redis, createRegisterMender(redis, await register()), unreadable)
      begun = true
      return swept
    })
  const sweepOnce = (): Promise<void> =>
    inTurn(async () => sweepAll(redis, options.reapAfterMs, unreadable, createRegisterMender(redis, await register())))
  const turn = (): Promise<void> => (begun ? sweepOnce() : begin())
  faults.guard('chore.sweep', begin)()
  const timer = setInterval(faults.guard('chore.sweep', turn), options.everyMs).unref()
  return () => clearInterval(timer)
}

/** Entries that were removed from cells, and devices that were moved out of cells of an older version. */
type Swept = { removed: number; moved: number }

/** What to do with an error: one that says that something cannot be read is told, and counts as nothing done. */
const leaving =
  (key: string, unreadable: Unreadable) =>
  (error: unknown): 0 => {
    if (!isAnswer(error) && !(error instanceof StrangeField)) throw error
    unreadable(key, String(error))
    return 0
  }

/**
 * Empties all cells of an older version, and registers the devices that the register does not know: the map shows none
 * of those that were reaped.
 */
const takeOver = async (redis: Commands, mender: RegisterMender, unreadable: Unreadable): Promise<Swept> => {
  await takeOverDevices(redis, mender)
  let moved = 0
  for await (const key of oldCells(redis)) moved += await emptyOldCell(redis, key).catch(leaving(key, unreadable))
  return { removed: 0, moved }
}

const sweepAll = async (
  redis: Commands,
  reapAfterMs: number,
  unreadable: Unreadable,
  mender: RegisterMender,
): Promise<Swept> => {
  const swept = { removed: 0, moved: 0 }
  const sweepOne = async (key: string): Promise<void> => {
    const leaveIt = leaving(key, unreadable)
    const kind = isOldCell(key) ? 'moved' : 'removed'
    const work = kind === 'moved' ? emptyOldCell(redis, key) : sweepCell(redis, key, reapAfterMs, mender, leaveIt)
    const count = await work.catch(leaveIt)
    swept[kind] += count
  }
  for await (const keys of scanKeys(redis, CELLS))
    for (let i = 0; i < keys.length; i += CELLS_AT_ONCE)
      await Promise.all(keys.slice(i, i + CELLS_AT_ONCE).map(sweepOne))
  await placeAbsent(redis, mender.absent(), mender, unreadable)
  await mender.flush()
  return swept
}

/** Looks through all cells once. Returns how many entries it removed. What cannot be read is told and left. */
export const sweep = async (
  redis: Commands,
  reapAfterMs: number,
  unreadable: Unreadable = () => {},
  mender: RegisterMender = NO_MENDER,
): Promise<number> => (await sweepAll(redis, reapAfterMs, unreadable, mender)).removed

const cellOf = (key: string): string => key.slice('wf:{c:'.length, -'}:fix'.length)

const sweepCell = async (
  redis: Commands,
  key: string,
  reapAfterMs: number,
  mender: RegisterMender,
  leaveIt: (error: unknown) => 0,
): Promise<number> => {
  const shown = await redis.hvals(key)
  let removed = 0
  for (let i = 0; i < shown.length; i += DEVICES_AT_ONCE) {
    const counts = await Promise.all(
      shown
        .slice(i, i + DEVICES_AT_ONCE)
        .map((text) => sweepDevice(redis, cellOf(key), text, reapAfterMs, mender).then(Number, leaveIt)),
    )
    removed += counts.reduce((sum, each) => sum + each, 0)
  }
  return removed
}

const readFix = (text: string | null | undefined): Fix | null => parseField<Fix>(text, ['n', 't'])

const sweepDevice = async (
  redis: Commands,
  cell: string,
  text: string,
  reapAfterMs: number,
  mender: RegisterMender,
): Promise<boolean> => {
  const shown = readFix(text)
  if (shown === null) return false
  mender.met(shown.id)
  const key = topicKey(deviceTopic(shown.id))
  const [last, where, ...described] = await redis.hmget(key, 'last', 'cell', ...ENTRY_FIELDS)
  const truth = readFix(last)
  const device = entryOf(shown.id, described)
  // One whose group changed is in another cell with the same fix.
  const isBehind = truth && (where === cell ? isNewer(truth, shown) : !isNewer(shown, truth))
  if (last && truth && where && isBehind) {
    await mender.shown(device)
    await callFunction(redis, placeInCell(where, [last]))
    return where !== cell && leave(redis, cell, truth, where)
  }
  if (truth && where === '') await mender.reaped(device)
  if (!truth || where === '') return leave(redis, cell, shown, '')
  const reap = { name: 'wf1_reap', keys: [key], args: [reapAfterMs] }
  const reaped = (await callFunction(redis, reap)) as [] | [string, string, string]
  await (reaped.length > 0 ? mender.reaped(device) : mender.shown(device))
  return reaped.length > 0 && leave(redis, cell, truth, '')
}

/** Takes a device out of a cell, and back into it where its group brought it there meanwhile with the same fix. */
const leave = async (redis: Commands, cell: string, { id, t, n }: Fix, to: string): Promise<boolean> => {
  const reply = (await callFunction(redis, leaveCell(cell, id, t, n, to))) as [number, string, number]
  if (reply[2] !== 1) return false
  const [last, where] = await redis.hmget(topicKey(deviceTopic(id)), 'last', 'cell')
  if (last && where === cell) await callFunction(redis, placeInCell(cell, [last]))
  return true
}
