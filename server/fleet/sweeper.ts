import type { Logger } from 'pino'
import { type Call, leaveCell, placeInCell } from '../../wire/calls.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import { cellTopic, deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { type Commands, primariesOf } from '../redis/deployment.ts'

export type SweepOptions = {
  /** A device silent for so long is taken off the map, in milliseconds. */
  reapAfterMs: number
  /** How often the whole fleet is looked through. */
  everyMs: number
}

const LEASE_KEY = 'wf:{sweeper}'
const CELLS = topicPart(cellTopic('*'), 'fix')
const SCAN_COUNT = 500

/**
 * Mends what a feed that died between the steps of a fix left behind, and reaps devices long silent. One node at a time does
 * it, by a lease; every step is harmless to repeat. Answers how to stop it.
 */
export const startSweeper = (redis: Commands, node: string, options: SweepOptions, log: Logger): (() => void) => {
  const timer = setInterval(async () => {
    try {
      const leased = await redis.set(LEASE_KEY, node, 'PX', Math.ceil(options.everyMs * 0.9), 'NX')
      if (leased !== 'OK') return
      const swept = await sweep(redis, options.reapAfterMs)
      if (swept > 0) log.info({ swept }, 'Devices taken off cells they are not in')
    } catch {
      // Redis is away or busy; the next round does it.
    }
  }, options.everyMs).unref()
  return () => clearInterval(timer)
}

/** Looks through all cells once; answers how many entries were removed. */
export const sweep = async (redis: Commands, reapAfterMs: number): Promise<number> => {
  let removed = 0
  for (const primary of primariesOf(redis)) {
    let cursor = '0'
    do {
      const [next, keys] = await primary.scan(cursor, 'MATCH', CELLS, 'COUNT', SCAN_COUNT)
      for (const key of keys) removed += await sweepCell(redis, cellOf(key), reapAfterMs)
      cursor = next
    } while (cursor !== '0')
  }
  return removed
}

const cellOf = (key: string): string => key.slice('wf:{c:'.length, -'}:fix'.length)

const sweepCell = async (redis: Commands, cell: string, reapAfterMs: number): Promise<number> => {
  const shown = (await redis.hvals(topicPart(cellTopic(cell), 'fix'))).map((text) => JSON.parse(text) as Fix)
  const removed = await Promise.all(shown.map((fix) => sweepDevice(redis, cell, fix, reapAfterMs)))
  return removed.filter(Boolean).length
}

const sweepDevice = async (redis: Commands, cell: string, shown: Fix, reapAfterMs: number): Promise<boolean> => {
  const key = topicKey(deviceTopic(shown.id))
  const [last, where] = await redis.hmget(key, 'last', 'cell')
  const truth = last ? (JSON.parse(last) as Fix) : null
  if (last && truth && where && isNewer(truth, shown)) {
    await call(redis, placeInCell(where, [last]))
    return where !== cell && leave(redis, cell, truth, where)
  }
  if (!truth || where === '') return leave(redis, cell, shown, '')
  const reaped = (await redis.call('FCALL', 'wf1_reap', 1, key, reapAfterMs)) as [] | [string, string, string]
  return reaped.length > 0 && leave(redis, cell, truth, '')
}

const leave = async (redis: Commands, cell: string, { id, t, n }: Fix, to: string): Promise<boolean> => {
  const reply = (await call(redis, leaveCell(cell, id, t, n, to))) as [number, string, number]
  return reply[2] === 1
}

const call = (redis: Commands, { name, keys, args }: Call): Promise<unknown> =>
  redis.call('FCALL', name, keys.length, ...keys, ...args)
