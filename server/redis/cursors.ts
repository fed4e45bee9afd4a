import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicKey } from '../../wire/topics.ts'
import type { Commands } from './deployment.ts'
import { slotOf } from './slots.ts'

/** Few enough that reading their answers does not hold up what clients wait for. */
const AT_ONCE = 200

type Values = [epoch: string | null, seq: string | null]

/** Where topics stand in Redis; null for those that do not exist. Those of one primary are asked together. */
export const readCursors =
  (redis: Commands) =>
  async (topics: readonly Topic[]): Promise<(Cursor | null)[]> => {
    const found = new Map<Topic, Cursor | null>()
    const groups = Map.groupBy(topics, (topic) => groupOf(redis, topicKey(topic)))
    await Promise.all([...groups.values()].map((group) => readGroup(redis, group, found)))
    return topics.map((topic) => found.get(topic) ?? null)
  }

/** What may go into one pipeline: on a Cluster the keys that the same servers hold, as far as ioredis knows. */
const groupOf = (redis: Commands, key: string): string =>
  'slots' in redis ? (redis.slots[slotOf(key)]?.join() ?? '') : ''

const readGroup = async (redis: Commands, topics: Topic[], found: Map<Topic, Cursor | null>): Promise<void> => {
  for (let i = 0; i < topics.length; i += AT_ONCE) {
    const some = topics.slice(i, i + AT_ONCE)
    const pipeline = redis.pipeline()
    for (const topic of some) pipeline.hmget(topicKey(topic), 'epoch', 'seq')
    const replies = await pipeline.exec().catch((error) => some.map((): [Error] => [error]))
    await Promise.all(
      some.map(async (topic, n) => {
        const [error, values] = replies?.[n] ?? [new Error('No answer')]
        found.set(topic, toCursor(error ? await readMoved(redis, topic, error) : (values as Values)))
      }),
    )
  }
}

/** A pipeline does not follow slots that move on a Cluster; a command of its own does. */
const readMoved = async (redis: Commands, topic: Topic, error: Error): Promise<Values> => {
  if (!('slots' in redis)) throw error
  return (await redis.hmget(topicKey(topic), 'epoch', 'seq')) as Values
}

const toCursor = ([epoch, seq]: Values): Cursor | null => (epoch === null ? null : { epoch, seq: Number(seq) })
