import { wordsOf } from '../../../redis/call.ts'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { kindOf, type Topic, topicKey } from '../../../wire/topics.ts'
import type { RedisClient } from '../../support/redis-client.ts'

type Reply = [kind: string, at?: string, epoch?: string, seq?: number, body?: string | string[]]

const read = async (redis: RedisClient, topic: Topic, cursor: (string | number)[]): Promise<Reply> => {
  const { name, parts } = serverKindOf(topic).reader
  const key = topicKey(topic)
  const keys = [key, ...parts.map((part) => `${key}:${part}`)]
  return (await redis.call('FCALL_RO', ...wordsOf({ name, keys, args: cursor }))) as Reply
}

/**
 * What is wrong with the state of a topic that only the library wrote: whatever it was told, it can be read, whole and
 * from a cursor.
 */
export const stateFaults = async (redis: RedisClient, topic: Topic): Promise<string[]> => {
  try {
    const [kind, , epoch = '', seq = 0, body] = await read(redis, topic, [])
    if (kind === 'missing') return []
    const state = JSON.parse(String(body)) as object
    const lacking = Object.keys(kindOf(topic).empty).filter((field) => !(field in state))
    if (lacking.length > 0) return [`${topic} has no ${lacking}: ${String(body).slice(0, 200)}`]
    const [, , , , missed] = await read(redis, topic, [epoch, Math.max(0, seq - 3)])
    for (const text of Array.isArray(missed) ? missed : []) JSON.parse(text)
    return []
  } catch (error) {
    return [`${topic} cannot be read: ${(error as Error).message.slice(0, 300)}`]
  }
}
