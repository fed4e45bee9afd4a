import type { Cluster, Redis } from 'ioredis'
import type { Fix } from '../../../wire/fleet.ts'
import type { Candle } from '../../../wire/market.ts'
import { keyTopic, type Topic, topicPart } from '../../../wire/topics.ts'

/** What Redis holds of a topic, as far as it can be read. */
export type Held = { minutes: (topic: Topic) => Promise<Candle[]>; fixes: (topic: Topic) => Promise<Fix[]> }

const COUNT = 500

/** All topics of a kind that Redis holds, some at a time: each once. */
export async function* topicsOf(redis: Redis | Cluster, kind: 's' | 'd'): AsyncGenerator<Topic[]> {
  const seen = new Set<Topic>()
  const primaries = 'nodes' in redis ? redis.nodes('master') : [redis]
  for (const primary of primaries) {
    let cursor = '0'
    do {
      const [next, keys] = await primary.scan(cursor, 'MATCH', `wf:{${kind}:*}`, 'COUNT', COUNT)
      const topics = keys.map(keyTopic).filter((topic) => topic !== null && !seen.has(topic)) as Topic[]
      for (const topic of topics) seen.add(topic)
      yield topics
      cursor = next
    } while (cursor !== '0')
  }
}

const parsed = <T>(text: string): T[] => {
  try {
    return [JSON.parse(text) as T]
  } catch {
    // Nodes report what cannot be read; there is nothing to compare.
    return []
  }
}

/** Reads what Redis holds of topics. A topic's minutes and its track have a limit there, so each is read at once. */
export const createHeld = (redis: Redis | Cluster): Held => ({
  minutes: async (topic) => (await redis.hvals(topicPart(topic, '1m'))).flatMap(parsed<Candle>),
  fixes: async (topic) => (await redis.zrange(topicPart(topic, 'past'), '0', '-1')).flatMap(parsed<Fix>),
})
