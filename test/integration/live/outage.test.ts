import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyMarket } from '../../../wire/candles.ts'
import { standing } from '../../../wire/cursors.ts'
import type { SymbolSnapshot } from '../../../wire/market.ts'
import type { Cursor, Segment } from '../../../wire/protocol.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { flushEverything, killSubscribers } from '../../support/redis-everywhere.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HEARTBEAT_MS: '500' } })
})
afterAll(async () => {
  await node?.stop() // where it did not start, its Redis is ended all the same
  await redis.stop()
})

let id = 1
const trade = () => ({ id: id++, t: Date.now(), price: 100 + (id % 7), size: 1 })
const ready = async () => (await fetch(`${node.url}/readyz`)).status

/** What a client by the book ends with; fails on an update that does not follow. */
const fold = (cursor: Cursor, snapshot: SymbolSnapshot, segments: Segment[]) =>
  segments.reduce(
    (at, segment) => {
      const next = { epoch: segment.epoch, seq: segment.seq }
      if ('snapshot' in segment) return { cursor: next, state: segment.snapshot as SymbolSnapshot }
      expect(standing(at.cursor, segment)).toBe('next')
      return { cursor: next, state: applyMarket(at.state, segment) }
    },
    { cursor, state: snapshot },
  )

const snapshotOf = async (client: TestClient) => {
  const reply = await client.watchTopics('s:AAPL')
  const [answer] = 'results' in reply ? reply.results : []
  if (answer?.kind !== 'snapshot') throw new Error(JSON.stringify(reply))
  return { cursor: answer.cursor, snapshot: answer.snapshot as SymbolSnapshot }
}

/** What Redis holds, once the node can read it. */
const truth = async () => {
  const fresh = await connectClient(node.url)
  const { cursor, snapshot } = await eventually('a snapshot', () => snapshotOf(fresh))
  fresh.close()
  return { cursor, state: snapshot }
}

for (const [how, bring] of [
  ['killed and restarted', () => redis.kill()],
  [
    'emptied and restarted',
    async () => {
      await flushEverything(redis.client())
      await redis.kill()
    },
  ],
] as const)
  it(`stays up while Redis is ${how}, says so, and its clients are whole again on the same connection`, async () => {
    const feed = createFeed(redis.client())
    await feed.describe('AAPL')
    const client = await connectClient(node.url)
    const start = await snapshotOf(client)
    for (let i = 0; i < 50; i++) await feed.market('AAPL', [trade()])
    await eventually('the updates', () => client.segments('s:AAPL').length === 50)
    expect(await ready()).toBe(200)

    await bring()
    await eventually('not ready', async () => (await ready()) === 503)
    await eventually('told', () => client.notices.some(({ kind }) => kind === 'redis_down'))
    expect(await client.watch({ topics: [{ topic: 's:MSFT' }] })).toMatchObject({
      results: [{ error: { code: 'unavailable' } }],
    })
    expect((await fetch(`${node.url}/api/symbols`)).status).toBe(503)
    await redis.restart()
    await eventually('ready', async () => (await ready()) === 200)
    await eventually('told again', () => client.notices.some(({ kind }) => kind === 'redis_up'))

    const again = createFeed(redis.client())
    for (let i = 0; i < 30; i++) await again.market('AAPL', [trade()])
    const end = await truth()
    await eventually('the last update', () => client.segments('s:AAPL').at(-1)?.seq === end.cursor.seq)
    expect(fold(start.cursor, start.snapshot, client.segments('s:AAPL'))).toEqual(end)
    expect(client.gaps.every((gap) => gap.topic === 's:AAPL')).toBe(true)
    expect(client.hellos).toHaveLength(1)
    expect(node.output().split('\n').length).toBeLessThan(30)
    client.close()
  })

it('notices a subscriber connection that Redis killed, and loses nothing', async () => {
  const feed = createFeed(redis.client())
  await feed.describe('AAPL')
  const client = await connectClient(node.url)
  const start = await snapshotOf(client)
  for (let i = 0; i < 20; i++) {
    await feed.market('AAPL', [trade()])
    if (i === 10) await killSubscribers(redis.client())
  }
  const end = await truth()
  await eventually('whole', () => client.segments('s:AAPL').at(-1)?.seq === end.cursor.seq)
  expect(fold(start.cursor, start.snapshot, client.segments('s:AAPL'))).toEqual(end)
  client.close()
})

it('notices a Redis that hangs, and recovers when it wakes', async () => {
  const feed = createFeed(redis.client())
  await feed.describe('AAPL')
  const client = await connectClient(node.url)
  const start = await snapshotOf(client)
  await redis.pause()
  await eventually('not ready', async () => (await ready()) === 503)
  await redis.resume()
  await eventually('ready', async () => (await ready()) === 200)
  await feed.market('AAPL', [trade()])
  const end = await truth()
  await eventually('whole', () => client.segments('s:AAPL').at(-1)?.seq === end.cursor.seq)
  expect(fold(start.cursor, start.snapshot, client.segments('s:AAPL'))).toEqual(end)
  client.close()
})

it('drains on SIGTERM: tells its clients when to come back, and ends in order', async () => {
  const other = await startNode({ redisUrl: redis.url })
  const client = await connectClient(other.url, { reconnection: false })
  const ending = await other.stop()
  expect(client.notices).toMatchObject([{ kind: 'shutdown' }])
  expect(ending).toMatchObject({ code: 0 })
  client.close()
})

it('does not start without a usable Redis or with bad settings, and says what to do in one line', async () => {
  const refused = async (redisUrl: string, env = {}) =>
    startNode({ redisUrl, env }).then(
      () => 'it started',
      (error: Error) => error.message.split('\n').filter((line) => line.startsWith('watchfloor:')),
    )
  expect(await refused('redis://127.0.0.1:1')).toEqual([
    expect.stringMatching(/No Redis answers at redis:\/\/127\.0\.0\.1:1 .*REDIS_URL/),
  ])
  expect(await refused('nonsense')).toEqual([expect.stringMatching(/Bad setting: REDIS_URL=nonsense/)])
  expect(await refused(redis.url, { FLUSH_MAX_MS: 'soon' })).toEqual([expect.stringMatching(/FLUSH_MAX_MS=soon/)])
  expect(await refused(redis.url, { HOST: '203.0.113.1', ACCESS: 'open' })).toEqual([
    expect.stringMatching(/no address 203\.0\.113\.1/),
  ])
})
