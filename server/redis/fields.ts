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
export const readFields = async (
  redis: Commands,
  topics: readonly Topic[],
  fields: readonly string[],
): Promise<(Values | null)[]> => {
  const found = new Map<Topic, Values | null>()
  const groups = Map.groupBy(topics, (topic) => groupOf(redis, topicKey(topic)))
  await Promise.all([...groups.values()].map((group) => readGroup(redis, group, fields, found)))
  return topics.map((topic) => found.get(topic) ?? null)
}

/** What may go into one pipeline: on a Cluster the keys that the same servers hold, as far as ioredis knows. */
const groupOf = (redis: Commands, key: string): string =>
  'slots' in redis ? (redis.slots[slotOf(key)]?.join() ?? '') : ''

const readGroup = async (
  redis: Commands,
  topics: readonly Topic[],
  fields: readonly string[],
  found: Map<Topic, Values | null>,
): Promise<void> => {
  for (let i = 0; i < topics.length; i += AT_ONCE) {
    const some = topics.slice(i, i + AT_ONCE)
    const pipeline = redis.pipeline()
    for (const topic of some) pipeline.hmget(topicKey(topic), ...fields)
    const replies = await pipeline.exec().catch((error) => some.map((): [Error] => [error]))
    await Promise.all(
      some.map(async (topic, n) => {
        const [error, values] = replies?.[n] ?? [new Error('No answer')]
        found.set(topic, error ? await readAlone(redis, topic, fields, error) : (values as Values))
      }),
    )
  }
}

/** A pipeline does not follow slots that move on a Cluster; a command of its own does. */
const readAlone = async (
  redis: Commands,
  topic: Topic,
  fields: readonly string[],
  error: Error,
): Promise<Values | null> => {
  if (isNoHash(error)) return null
  if (!('slots' in redis)) throw error
  return redis.hmget(topicKey(topic), ...fields).catch((again) => {
    if (isNoHash(again)) return null
    throw again
  })
}

/** Whether Redis says of a key that it holds something else. */
export const isNoHash = (error: Error): boolean => error.message.startsWith('WRONGTYPE')
