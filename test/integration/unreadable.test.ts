import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DevicesReply, SymbolsReply } from '../../wire/api.ts'
import { cellBounds } from '../../wire/cells.ts'
import type { CellSnapshot, DeviceSnapshot, Fix } from '../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../wire/market.ts'
import type { WatchReply, WatchResult } from '../../wire/protocol.ts'
import { SYMBOLS_KEY, type Topic, topicKey, topicPart } from '../../wire/topics.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let server: TestRedis
let redis: Redis
let node: TestNode
let feed: Feed
let client: TestClient
let id = 0

beforeAll(async () => {
  server = await startRedis()
  redis = server.client() as Redis
  node = await startNode({ redisUrl: server.url })
  feed = createFeed(redis)
  client = await connectClient(node.url)
  await feed.describe('GOOD')
  await trade('GOOD')
})
afterAll(async () => {
  client.close()
  await node.stop()
  await server.stop()
})

const trade = (symbol: string): Promise<unknown> =>
  feed.market(
    symbol,
    [{ id: ++id, t: Date.now(), price: 100, size: 1 }],
    [{ t: Date.now(), bid: 1, bidSize: 1, ask: 2, askSize: 2 }],
  )
const read = (): Promise<number> => scrape(node.url).then(({ value }) => value('watchfloor_unreadable_total'))

const resultOf = (reply: WatchReply): WatchResult => {
  if ('error' in reply || !reply.results[0]) throw new Error(JSON.stringify(reply))
  return reply.results[0]
}
const snapshotOf = <T>(result: WatchResult): T => {
  if (result.kind !== 'snapshot') throw new Error(JSON.stringify(result))
  return result.snapshot as T
}
/** The state of one topic among others, all asked for at once; the others must be whole. */
const watch = async (topic: Topic): Promise<WatchResult> => {
  await client.unwatch(topic, 's:GOOD')
  const reply = await client.watchTopics(topic, 's:GOOD')
  if ('error' in reply) throw new Error(reply.error.message)
  expect(reply.results[1]?.kind).toMatch(/snapshot|current/)
  return reply.results[0] as WatchResult
}

const ODD = ['{broken', '5', 'null', '[]', '"text"', '{"t":"now"}', `${'['.repeat(20_000)}`, '\xff\xfe', '']

it.each(ODD.map((text, i) => [i, text] as const))(
  'a symbol whose fields hold odd text %d is read without them',
  async (i, text) => {
    const topic: Topic = `s:ODD${i}`
    await trade(`ODD${i}`)
    const before = await read()
    await redis.hset(topicKey(topic), 'quote', text, 'prev', text)
    const state = snapshotOf<SymbolSnapshot>(await watch(topic))
    expect(state).toMatchObject({
      last: { price: 100 },
      quote: null,
      prev: null,
      day: { count: 1 },
      candle: { count: 1 },
    })
    await redis.hset(topicKey(topic), 'day', text)
    const key = topicPart(topic, '1m')
    for (const minute of await redis.hkeys(key)) await redis.hset(key, minute, text)
    await redis.hset(topicKey(topic), 'quote', '{"t":1,"bid":null,"bidSize":0,"ask":null,"askSize":0}')
    expect(snapshotOf<SymbolSnapshot>(await watch(topic))).toMatchObject({
      last: { price: 100 },
      day: null,
      candle: null,
    })
    if (text !== '' && text !== 'null') expect(await read()).toBeGreaterThan(before)
  },
)

it('of a description what is wrong is left out and told, the rest is in the snapshot and in the list', async () => {
  const sound = { currency: 'USD', exchange: 'NYSE', sessions: '0930-1600:23456' }
  const whole = { ...sound, type: 'stock', zone: 'America/New_York', priceStep: 0.01 } as const
  const listed = async () => {
    const { symbols } = (await (await fetch(`${node.url}/api/symbols`)).json()) as SymbolsReply
    return symbols.find(({ symbol }) => symbol === 'WHAT')
  }
  await feed.describeAs('WHAT', { name: 'What Inc.', ...whole })
  expect(snapshotOf<SymbolSnapshot>(await watch('s:WHAT')).description).toEqual({ name: 'What Inc.', ...whole })
  await eventually('the list', async () => (await listed())?.priceStep === 0.01)
  expect(await listed()).toMatchObject({ name: 'What Inc.', ...whole })
  const before = await read()
  const odd = { ...whole, type: 'thing', zone: 'nowhere "at" all', priceStep: -1, venue: 'a newer feed says more' }
  await redis.hset(topicKey('s:WHAT'), 'description', JSON.stringify(odd))
  expect(snapshotOf<SymbolSnapshot>(await watch('s:WHAT')).description).toEqual({ name: 'What Inc.', ...sound })
  await eventually('the list', async () => (await listed())?.type === undefined)
  const row = await listed()
  expect(row).toMatchObject({ name: 'What Inc.', ...sound })
  for (const field of ['type', 'zone', 'priceStep', 'venue']) expect(row, field).not.toHaveProperty(field)
  expect(await read()).toBeGreaterThan(before + 1)
  for (const text of ODD) {
    await redis.hset(topicKey('s:WHAT'), 'description', text)
    expect(snapshotOf<SymbolSnapshot>(await watch('s:WHAT')).description, text).toMatchObject({ name: 'What Inc.' })
  }
})

it('a cell with bad entries shows the others, and so does one whose entries are of another kind', async () => {
  const fix = { n: 1, t: Date.now() - 1000, lat: 30, lon: -97 }
  const cell = await feed.fix({ id: 'VAN-1', ...fix })
  await feed.fix({ id: 'VAN-2', ...fix })
  const key = topicPart(`c:${cell}`, 'fix')
  for (const [i, text] of ODD.entries()) await redis.hset(key, `BAD-${i}`, text)
  await redis.hset(key, 'VAN-2', '{broken')
  const before = await read()
  const reply = await client.watch({ view: { bounds: cellBounds(cell) } })
  if ('error' in reply) throw new Error('refused')
  const own = reply.results.find(({ topic }) => topic === `c:${cell}`) as WatchResult
  expect(snapshotOf<CellSnapshot>(own).fixes.map((each: Fix) => each.id)).toEqual(['VAN-1'])
  expect(await read()).toBeGreaterThan(before)
  // A feed that places the device again mends its entry.
  await feed.fix({ id: 'VAN-2', ...fix, n: 2, t: fix.t + 1 })
  expect(JSON.parse((await redis.hget(key, 'VAN-2')) ?? '')).toMatchObject({ n: 2 })
  await redis.set(topicPart('c:other/0231301203311', 'fix'), 'no hash')
})

it('a device with an odd last fix, cell or log is read as far as it goes', async () => {
  await feed.fix({ id: 'BUS-1', n: 1, t: Date.now() - 5000, lat: 30, lon: -97 })
  const { cursor } = (await watch('d:BUS-1')) as { cursor: { epoch: string; seq: number } }
  await feed.fix({ id: 'BUS-1', n: 2, t: Date.now() - 4000, lat: 30, lon: -97 })
  await redis.xadd(
    topicPart('d:BUS-1', 'track'),
    '3-0',
    'u',
    `{"topic":"d:BUS-1","epoch":"${cursor.epoch}","seq":3,oops`,
  )
  await redis.hset(topicKey('d:BUS-1'), 'seq', 3)
  await client.unwatch('d:BUS-1')
  const other = await startNode({ redisUrl: server.url })
  const newcomer = await connectClient(other.url)
  const result = resultOf(await newcomer.watch({ topics: [{ topic: 'd:BUS-1', cursor }] }))
  expect(snapshotOf<DeviceSnapshot>(result).last).toMatchObject({ n: 2 })
  await redis.hset(topicKey('d:BUS-1'), 'last', '{broken', 'cell', '"}],x')
  await newcomer.unwatch('d:BUS-1')
  expect(snapshotOf<DeviceSnapshot>(resultOf(await newcomer.watchTopics('d:BUS-1')))).toEqual({
    last: null,
    cell: null,
  })
  newcomer.close()
  await other.stop()
})

it('a device is read without a name of 10 MB', async () => {
  await feed.describeDevice('LONG', { name: 'Long', category: 'Bus' })
  const before = await read()
  await redis.hset(topicKey('d:LONG'), 'name', 'x'.repeat(10_000_000))
  const { description } = snapshotOf<DeviceSnapshot>(await watch('d:LONG'))
  expect(description).toEqual({ group: 'other', category: 'Bus' })
  const { devices } = (await (await fetch(`${node.url}/api/devices?q=LONG`)).json()) as DevicesReply
  expect(devices).toMatchObject([{ id: 'LONG', group: 'other', category: 'Bus' }])
  expect(devices[0]).not.toHaveProperty('name')
  expect(await read()).toBeGreaterThan(before)
})

it('whatever name the function library takes is told as it is, and by all alike', async () => {
  const told = { name: ' Bus\t7 \u202e', category: '  ' }
  await feed.describeDevice('BLANKS', told)
  const before = await read()
  expect(snapshotOf<DeviceSnapshot>(await watch('d:BLANKS')).description).toMatchObject(told)
  const { devices } = (await (await fetch(`${node.url}/api/devices?q=BLANKS`)).json()) as DevicesReply
  expect(devices).toMatchObject([{ id: 'BLANKS', ...told }])
  expect(await read()).toBe(before)
})

it('keys of another kind cost only their own topic, or their own part of it', async () => {
  await redis.set(topicKey('s:TEXT'), 'no hash')
  expect(await watch('s:TEXT')).toMatchObject({ kind: 'error', error: { code: 'unavailable' } })
  await trade('PART')
  await redis.del(topicPart('s:PART', '1m'))
  await redis.set(topicPart('s:PART', '1m'), 'no hash')
  expect(snapshotOf<SymbolSnapshot>(await watch('s:PART'))).toMatchObject({ last: { price: 100 }, candle: null })
  await trade('EPOCH')
  await redis.hset(topicKey('s:EPOCH'), 'epoch', 'a","seq":5,"x":"')
  expect(await watch('s:EPOCH')).toMatchObject({ kind: 'error', error: { code: 'unavailable' } })
})

it('names are cut, and show nothing that cannot be seen; what is no symbol is left out', async () => {
  await redis.hset(SYMBOLS_KEY, 'GOOD', `A\u0000B\nC\u202e${'é'.repeat(100_000)}`)
  await redis.hset(SYMBOLS_KEY, 'x'.repeat(100_000), 'too long', 'a\nb', 'two lines')
  const listed = async () => {
    const { symbols } = (await (await fetch(`${node.url}/api/symbols`)).json()) as SymbolsReply
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['GOOD', 'WHAT'])
    return symbols[0]?.name ?? ''
  }
  await eventually('the name', async () => /^A B C é{94}$/.test(await listed()))
})

it('logs what was left out once each, however often it is met', async () => {
  for (let i = 0; i < 5; i++) await watch('s:ODD0')
  const lines = node
    .output()
    .split('\n')
    .filter((line) => line.includes('"key":"wf:{s:ODD0}"'))
  expect(lines).toHaveLength(1)
  expect(node.output()).not.toContain('A fault')
})
