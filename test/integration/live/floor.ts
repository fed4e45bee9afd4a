import { afterAll, afterEach, beforeAll } from 'vitest'
import type { WatchReply, WatchResult } from '../../../wire/protocol.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'

export const SYMBOLS = Array.from({ length: 30 }, (_, i) => `S${i}`)
export const AUSTIN = { west: -97.8, south: 30.2, east: -97.7, north: 30.3 }
const ALWAYS = { LINGER_MS: '200', HEARTBEAT_MS: '500' }

/** Two nodes on one Redis, and a feed, for all tests of a file. Filled before the first. */
export type Floor = {
  /** The first lets a client watch 40 topics. */
  nodes: TestNode[]
  feed: Feed
  redis: () => RedisClient
  /** A new client, of the first node unless told; closed after the test. */
  client: (node?: TestNode) => Promise<TestClient>
}

/** A number that no feed of this file has used yet. */
let next = 1
export const newNumber = (): number => next++
export const trade = (price = 100, t = Date.now()) => ({ id: newNumber(), t, price, size: 2 })

/** The results of an answer; throws where nothing was done. */
export const results = (reply: WatchReply): WatchResult[] => {
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results
}

export const floorForThisFile = (): Floor => {
  let redis: TestRedis | undefined
  let clients: TestClient[] = []
  const nodes: TestNode[] = []
  const floor: Floor = {
    nodes,
    feed: undefined as unknown as Feed,
    redis: () => (redis as TestRedis).client(),
    client: async (node = nodes[0]) => {
      const made = await connectClient(node?.url ?? '')
      clients.push(made)
      return made
    },
  }
  beforeAll(async () => {
    redis = await startRedis()
    const redisUrl = redis.url
    nodes.push(await startNode({ redisUrl, env: { ...ALWAYS, NODE_NAME: 'one', MAX_WATCHES: '40' } }))
    nodes.push(await startNode({ redisUrl, env: { ...ALWAYS, NODE_NAME: 'two' } }))
    floor.feed = createFeed(redis.client())
    await floor.feed.describe(...SYMBOLS)
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await redis?.stop()
  })
  afterEach(() => {
    for (const each of clients) each.close()
    clients = []
  })
  return floor
}
