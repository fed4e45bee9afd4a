import { slotOf } from '../../redis/slots.ts'
import { type Topic, topicKey } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from './deployment.ts'

/** Few enough that reading their answers does not hold up what clients wait for. */
const AT_ONCE = 200

/**
 * The same fields of the state of each of these topics; null where the key of one holds something else. Those of one
 * primary are asked together. Rejects where Redis cannot be asked.
 */
export const readFields = (
  redis: Commands,
  topics: readonly Topic[],
  fields: readonly string[],
): Promise<(Values | null)[]> => readHashes(redis, topics.map(topicKey), fields)

/** The same of any hashes, by their keys. */
export const readHashes = async (
  redis: Commands,
  keys: readonly string[],
  fields: readonly string[],
): Promise<(Values | null)[]> => {
  const found = new Map<string, Values | null>()
  const groups = Map.groupBy(keys, (key) => groupOf(redis, key))
  await Promise.all([...groups.values()].map((group) => readGroup(redis, group, fields, found)))
  return keys.map((key) => found.get(key) ?? null)
}

/** What may go into one pipeline: on a Cluster the keys that the same servers hold, as far as ioredis knows. */
const groupOf = (redis: Commands, key: string): string =>
  'slots' in redis ? (redis.slots[slotOf(key)]?.join() ?? '') : ''

const readGroup = async (
  redis: Commands,
  keys: readonly string[],
  fields: readonly string[],
  found: Map<string, Values | null>,
): Promise<void> => {
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    const some = keys.slice(i, i + AT_ONCE)
    const pipeline = redis.pipeline()
    for (const key of some) pipeline.hmget(key, ...fields)
    const replies = await pipeline.exec().catch((error) => some.map((): [Error] => [error]))
    await Promise.all(
      some.map(async (key, n) => {
        const [error, values] = replies?.[n] ?? [new Error('No answer')]
        found.set(key, error ? await readAlone(redis, key, fields, error) : (values as Values))
      }),
    )
  }
}

/** A pipeline does not follow slots that move on a Cluster; a command of its own does. */
const readAlone = async (
  redis: Commands,
  key: string,
  fields: readonly string[],
  error: Error,
): Promise<Values | null> => {
  if (isNoHash(error)) return null
  if (!('slots' in redis)) throw error
  return redis.hmget(key, ...fields).catch((again) => {
    if (isNoHash(again)) return null
    throw again
  })
}

/** Whether Redis says of a key that it holds something else. */
export const isNoHash = (error: Error): boolean => error.message.startsWith('WRONGTYPE')
