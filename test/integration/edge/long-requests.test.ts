import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

/**
 * A request of many topics is done in pieces: in the order of the client's messages, and only for as long as it is
 * there.
 */

const SYMBOLS = Array.from({ length: 1500 }, (_, i) => `LONG${i}`)
const TOPICS = SYMBOLS.map((symbol) => `s:${symbol}`)

let redis: TestRedis
let node: TestNode
beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { MAX_WATCHES: '2000', MAX_REQUESTS: '1000' } })
  await createFeed(redis.client()).describe(...SYMBOLS)
})
afterAll(async () => {
  await node.stop()
  await redis.stop()
})

const watches = async (): Promise<number> => (await scrape(node.url)).value('watchfloor_watches')
beforeEach(() => eventually('nobody watches anything', async () => (await watches()) === 0))

const kinds = (reply: object): string[] =>
  ('results' in reply ? (reply.results as { kind: string }[]) : []).map(({ kind }) => kind)

it('what is asked for later is done later', async () => {
  const client = await connectClient(node.url)
  const [first, second, third, fourth] = await Promise.all([
    client.watchTopics(...TOPICS),
    client.unwatch(...TOPICS),
    client.socket.timeout(60_000).emitWithAck('tune', { topics: TOPICS.slice(0, 20).map((topic) => ({ topic })) }),
    client.watchTopics('s:LONG3'),
  ])
  // A topic that is let go of before it is there is not given.
  expect(kinds(first)).toHaveLength(TOPICS.length)
  expect(new Set(kinds(second))).toEqual(new Set(['unwatched']))
  expect(kinds(third)).toEqual(Array(20).fill('error'))
  expect(kinds(fourth)).toEqual(['snapshot'])
  expect(await watches()).toBe(1)
  client.close()
})

it('a client that goes in the middle leaves nothing behind', async () => {
  for (let i = 0; i < 5; i++) {
    const client = await connectClient(node.url)
    client.socket.emit('watch', { topics: TOPICS.map((topic) => ({ topic })) }, () => {})
    await eventually('it is begun', async () => (await watches()) > 0, { everyMs: 1 })
    client.close()
    await eventually('nothing is left', async () => (await watches()) === 0)
  }
  const reply = await (await connectClient(node.url)).watchTopics(...TOPICS)
  expect(new Set(kinds(reply))).toEqual(new Set(['snapshot']))
})
