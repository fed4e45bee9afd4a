import { deviceTopic, SYMBOLS_KEY, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'

/** Trades and fixes that were older than all that their topics keep when they came. */
export type OldItems = { trade: number; fix: number }

const FRESH_MS = 10_000
/** They are counted again after so many times as long as it took, if that is longer: a fiftieth of the time at the most. */
const REST = 50

/**
 * Sums up what the function library counts in each topic. Answers what it knows, and then has it read anew, so that whoever asks never
 * waits for Redis. `devices`: the ids of all that are known.
 */
export const createOldItems = (
  redis: Commands,
  devices: () => Promise<readonly string[]>,
  now: () => number,
): (() => OldItems) => {
  let known: OldItems = { trade: 0, fix: 0 }
  let notBefore = 0

  const refresh = async (): Promise<void> => {
    const started = now()
    notBefore = Number.POSITIVE_INFINITY
    try {
      const symbols = Object.keys(await redis.hgetall(SYMBOLS_KEY))
      known = {
        trade: await sum(redis, symbols.map(symbolTopic)),
        fix: await sum(redis, (await devices()).map(deviceTopic)),
      }
    } catch {
      // Redis is away; what is known stays.
    }
    notBefore = now() + Math.max(FRESH_MS, (now() - started) * REST)
  }

  return () => {
    if (now() >= notBefore) void refresh()
    return known
  }
}

const sum = async (redis: Commands, topics: readonly Topic[]): Promise<number> => {
  const states = await readFields(redis, topics, ['old'])
  return states.reduce((total, values) => total + (Number(values?.[0]) || 0), 0)
}
