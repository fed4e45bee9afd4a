import { DUE_KEY, dueCommands } from '../../wire/command-calls.ts'
import { isName } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import { readCommands } from './read-commands.ts'
import type { Changed } from './sending.ts'
import type { Together } from './together.ts'

/** Devices of one round. */
const AT_ONCE = 500
/** One that could not be asked is asked again after so long, in milliseconds. */
const AGAIN_MS = 5000
/**
 * Where devices are put while a round asks for them, and what is found there later: a node died in the middle. Far
 * beyond any deadline, in milliseconds from now.
 */
const CLAIMED_MS = 365 * 24 * 3600 * 1000
const LEFT_BEHIND_MS = 30 * 24 * 3600 * 1000

export type DuePorts = {
  redis: Commands
  together: Together
  changed: Changed
  /** Redis's clock, Unix milliseconds. */
  clock: () => number
  random: () => number
}

/**
 * Ends the commands that are past their deadlines: one round of it. Returns how many devices it looked at. A device is
 * put far away, asked, and then put where its next command is due, unless somebody put it nearer meanwhile: so nothing
 * is forgotten that is written in between. Two rounds at once do no harm.
 */
export const endDue = async ({ redis, together, changed, clock, random }: DuePorts): Promise<number> => {
  const now = clock()
  const [due, left] = await Promise.all([
    redis.zrangebyscore(DUE_KEY, '-inf', now, 'LIMIT', 0, AT_ONCE),
    redis.zrangebyscore(DUE_KEY, now + LEFT_BEHIND_MS, '+inf', 'LIMIT', 0, AT_ONCE),
  ])
  const devices = [...new Set([...due, ...left])]
  if (devices.length === 0) return 0
  // No other round has the same.
  const claim = now + CLAIMED_MS + random()
  await redis.zadd(DUE_KEY, 'XX', ...devices.flatMap((device) => [claim, device]))
  const nexts = await Promise.all(devices.map((device) => endOne(device, together, changed, now + AGAIN_MS)))
  const known = devices.flatMap((device, i) => pairOf(device, nexts[i] ?? null))
  if (known.length > 0) await redis.zadd(DUE_KEY, 'LT', ...known)
  // What is still there has nothing that will be due.
  await redis.zremrangebyscore(DUE_KEY, claim, claim)
  return devices.length
}

const pairOf = (device: string, next: number | null): (number | string)[] => (next === null ? [] : [next, device])

/** Returns when something of the device is due next; null for nothing. */
const endOne = async (device: string, together: Together, changed: Changed, again: number): Promise<number | null> => {
  if (!isName(device)) return null
  try {
    const [, , next, stepped] = (await together(dueCommands(device))) as [number, string, string | number, string]
    changed(device, readCommands(stepped))
    return next === '' ? null : Number(next)
  } catch {
    return again
  }
}
