import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CandlesReply, SymbolsReply, TrackReply } from '../../../wire/api.ts'
import { coarsen } from '../../../wire/candles.ts'
import { INTERVALS, type Interval, MINUTE } from '../../../wire/market.ts'
import { symbolTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
let feed: Feed
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE - 3_600_000
/** Minutes before NOW that have trades: each; with holes; few and far between. */
const SYMBOLS: Record<string, number[]> = {
  FULL: Array.from({ length: 400 }, (_, i) => i),
  HOLES: Array.from({ length: 400 }, (_, i) => i).filter((i) => i % 7 > 2),
  FEW: [0, 61, 62, 300, 1441, 2800],
}
let id = 1

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HTTP_SHARE_PER_ADDRESS: '1', HTTP_SHARE: '1' } })
  feed = createFeed(redis.client())
  for (const [symbol, minutes] of Object.entries(SYMBOLS)) {
    await feed.describe(symbol)
    const trades = minutes
      .toReversed()
      .map((ago) => ({ id: id++, t: NOW - ago * MINUTE + 5, price: 100 + (ago % 13), size: 2 }))
    await feed.market(symbol, trades)
  }
  for (let n = 1; n <= 30; n++) await feed.fix({ id: 'BUS', n, t: NOW + n * 1000, lat: 30, lon: -97, speed: 3 })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${node.url}${path}`, { headers })
const candles = async (symbol: string, query: string): Promise<CandlesReply> =>
  (await get(`/api/symbols/${symbol}/candles?${query}`)).json() as Promise<CandlesReply>
const PATHS = [
  '/api/symbols/FULL/candles?limit=20',
  '/api/devices/BUS/track?limit=20',
  '/api/symbols',
  '/api/config',
  '/',
]

it.each(Object.keys(SYMBOLS))('%s: gives exactly the candles that were asked for', async (symbol) => {
  const stored = await redis.client().hvals(topicPart(symbolTopic(symbol), '1m'))
  const minutes = stored.map((text) => JSON.parse(text)).sort((a, b) => a.t - b.t)
  for (const interval of Object.keys(INTERVALS) as Interval[])
    for (const limit of [1, 5, 60, 400, 1500])
      for (const before of [
        undefined,
        NOW + 1,
        NOW,
        NOW - 1,
        NOW - 100 * MINUTE,
        NOW - 1441 * MINUTE,
        NOW - 5000 * MINUTE,
        0,
      ]) {
        const whole = coarsen(minutes, INTERVALS[interval]).filter(({ t }) => t < (before ?? Number.POSITIVE_INFINITY))
        const query = `interval=${interval}&limit=${limit}${before === undefined ? '' : `&before=${before}`}`
        expect((await candles(symbol, query)).candles, query).toEqual(whole.slice(-limit))
      }
})

it.each(Object.keys(SYMBOLS))('%s: gives the oldest candles after a time, where that is asked for', async (symbol) => {
  const stored = await redis.client().hvals(topicPart(symbolTopic(symbol), '1m'))
  const minutes = stored.map((text) => JSON.parse(text)).sort((a, b) => a.t - b.t)
  for (const interval of Object.keys(INTERVALS) as Interval[])
    for (const after of [NOW - 100 * MINUTE, NOW - 1441 * MINUTE])
      for (const before of [NOW - 1, NOW - 90 * MINUTE]) {
        const asked = coarsen(minutes, INTERVALS[interval]).filter(({ t }) => t > after && t < before)
        const query = `interval=${interval}&limit=7&after=${after}&before=${before}`
        expect((await candles(symbol, query)).candles, query).toEqual(asked.slice(0, 7))
      }
})

it('leaves out a minute that cannot be read, and tells all others', async () => {
  const key = topicPart(symbolTopic('HOLES'), '1m')
  const [field = ''] = await redis.client().hkeys(key)
  const had = await redis.client().hget(key, field)
  await feed.market('HOLES', [{ id: id++, t: NOW + 7, price: 1, size: 1 }])
  await redis.client().hset(key, field, '{"t":1')
  const { candles: shown } = await candles('HOLES', 'limit=1500')
  // One more, and one less.
  expect(shown).toHaveLength(SYMBOLS.HOLES?.length ?? 0)
  await redis.client().hset(key, field, had ?? '')
})

it.each(PATHS)('%s: whoever has it already is told so', async (path) => {
  const first = await get(path)
  const tag = first.headers.get('etag') ?? ''
  expect(tag).toMatch(/^(W\/)?"[\w.-]+"$/)
  for (const had of [tag, `W/${tag.replace(/^W\//, '')}`, `"other", ${tag}`, '*']) {
    // Else fetch says `no-cache` of its own accord, which asks for all of a file.
    const again = await get(path, { 'If-None-Match': had, 'Cache-Control': 'max-age=0' })
    expect([again.status, again.headers.get('etag'), await again.text()], had).toEqual([304, tag, ''])
  }
  expect((await get(path, { 'If-None-Match': '"other"' })).status).toBe(200)
})

it('never gives what is older than its cursor says, nor than what a client that asks can have heard', async () => {
  for (let n = 0; n < 40; n++) {
    const reading = Promise.all(Array.from({ length: 5 }, () => candles('FULL', 'limit=3')))
    const t = NOW + 20 + n
    const [seq] = (await feed.market('FULL', [{ id: id++, t, price: 500 + n, size: 1 }])) as [number]
    const after = await Promise.all(Array.from({ length: 5 }, () => candles('FULL', 'limit=3')))
    for (const { cursor, candles: shown } of [...(await reading), ...after])
      expect(shown.at(-1)?.close).toBe(cursor.seq < seq ? (n === 0 ? 100 : 499 + n) : 500 + n)
    expect(Math.min(...after.map(({ cursor }) => cursor.seq))).toBe(seq)
  }
  for (let n = 31; n < 51; n++) {
    await feed.fix({ id: 'BUS', n, t: NOW + n * 1000, lat: 30, lon: -97, speed: 3 })
    const { fixes, cursor } = (await (await get('/api/devices/BUS/track?limit=5')).json()) as TrackReply
    expect([fixes.at(-1)?.n, cursor.seq]).toEqual([n, n])
  }
})

it('tells a change of the list of symbols within seconds, sparks too', async () => {
  const row = async () =>
    ((await (await get('/api/symbols')).json()) as SymbolsReply).symbols.find(({ symbol }) => symbol === 'FEW')
  expect((await row())?.spark.length).toBe(1)
  await feed.market('FEW', [{ id: id++, t: NOW - 3 * MINUTE, price: 7, size: 1 }])
  await eventually('the close between', async () => (await row())?.spark.join() === '7,100')
  await feed.market('FEW', [{ id: id++, t: NOW + 2 * MINUTE, price: 9, size: 1 }])
  await eventually('a new minute', async () => (await row())?.spark.join() === '7,100,9')
})

it('sends what it has of a topic into whose state somebody else wrote an epoch that no header could hold', async () => {
  await redis.client().hset(topicKey(symbolTopic('HOLES')), 'epoch', 'é"\n\u{1F600}')
  const path = '/api/symbols/HOLES/candles?limit=2'
  const first = await get(path)
  expect(first.status).toBe(200)
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[\w%]+\.\d+"$/)
  expect((await get(path, { 'If-None-Match': etag })).status).toBe(304)
})
