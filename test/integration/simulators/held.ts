import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { connectFeed } from '../../../feed/connect.ts'
import { createPublisher, type Publisher } from '../../../feed/publisher.ts'
import { redisPort } from '../../../feed/redis-port.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { emptyEverywhere } from '../../support/redis-everywhere.ts'

/** Every write reaches the disk before it is answered: what was answered survives a crash. */
const DURABLE = ['appendonly yes', 'appendfsync always']

/** A Redis for the tests of a file, and for each of them a publisher; Redis is empty then, without the library too. */
export type Held = {
  redis: TestRedis
  feed: RedisClient
  publisher: Publisher
  /** What publishers said since the test began. */
  said: string[]
  /** Makes another publisher, that keeps `cap` items at most. */
  connect: (cap?: number) => Promise<void>
  disconnect: () => Promise<void>
  /** Everything that Redis's logs hold of a symbol or device, in the order in which it was published. */
  logged: <Item>(key: string, field: 'trades' | 'fixes') => Promise<Item[]>
}

export const numbersFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i)

export const publisherForEachTest = (): Held => {
  const held = {
    said: [] as string[],
    connect: async (cap) => {
      held.feed = await connectFeed(held.redis.url, Math.random, 700)
      const say = (line: string): void => void held.said.push(line)
      held.publisher = createPublisher({ port: redisPort(held.feed), say, random: Math.random, ...(cap && { cap }) })
    },
    disconnect: async () => {
      await held.publisher.stop(100)
      held.feed.disconnect()
    },
    logged: async <Item>(key: string, field: 'trades' | 'fixes') => {
      const entries = await held.redis.client().xrange(key, '-', '+')
      return entries.flatMap(([, [, text = '{}']]) => (JSON.parse(text) as Record<string, Item[]>)[field] ?? [])
    },
  } as Held
  beforeAll(async () => {
    held.redis = await startRedis(DURABLE)
  })
  beforeEach(async () => {
    held.said = []
    await emptyEverywhere(held.redis.client())
    await held.connect()
  })
  afterEach(() => held.disconnect())
  afterAll(() => held.redis?.stop())
  return held
}
