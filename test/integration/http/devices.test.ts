import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DevicesReply } from '../../../wire/api.ts'
import { cellOf } from '../../../wire/cells.ts'
import { deviceTopic, REGISTER, SYMBOLS_KEY, symbolTopic, topicKey } from '../../../wire/topics.ts'
import { connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const IDS = ['B-XY 1234', 'BUS-1', 'BUS-2', 'a:b', 'user/phone', 'Ünïcode 🚌', '京A·12345'].sort()

let redis: TestRedis
let node: TestNode
let feed: Feed
const T = Date.now() - 3_600_000

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url })
  feed = createFeed(redis.client())
  for (const id of IDS)
    await feed.fix({ id, n: 1, t: T, lat: 30, lon: -97, ...(id.startsWith('BUS') && { route: 'Línea 5' }) })
  await feed.register({ id: 'BUS-2', name: 'Das Übel', group: 'buses' }, { id: 'no hash' }, { id: 'no device' })
  await redis.client().hset(topicKey(deviceTopic('BUS-2')), {
    name: 'Das Übel',
    group: 'buses',
    category: 'bus',
    attributes: '{"plate":"BCD-1234"}',
  })
  await redis.client().set(topicKey(deviceTopic('no hash')), 'somebody wrote this')
  await redis.client().hset(topicKey(deviceTopic('no device')), { epoch: 'e', last: '{"id":' })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const devices = async (query = ''): Promise<DevicesReply> => {
  const response = await fetch(`${node.url}/api/devices?${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as DevicesReply
}
const idsOf = (reply: DevicesReply): string[] => reply.devices.map(({ id }) => id)

it('lists every device with its last fix and cell, by pages, and leaves out what is none', async () => {
  const all = await devices()
  expect(idsOf(all)).toEqual(IDS)
  expect([all.next, all.complete]).toEqual([null, true])
  expect(all.devices[0]).toEqual({
    id: IDS[0],
    last: { id: IDS[0], n: 1, t: T, lat: 30, lon: -97 },
    cell: cellOf(30, -97),
    heard: expect.any(Number),
  })
  expect(Math.abs((all.devices[0]?.heard ?? 0) - Date.now())).toBeLessThan(600_000)
  const seen: string[] = []
  for (let next: string | null = ''; next !== null; ) {
    const page: DevicesReply = await devices(`limit=2${next && `&after=${encodeURIComponent(next)}`}`)
    expect(page.devices.length).toBeLessThanOrEqual(2)
    seen.push(...idsOf(page))
    next = page.next
  }
  expect(seen).toEqual(IDS)
})

it('searches ids, names and routes, whatever the case', async () => {
  expect(idsOf(await devices(`q=${encodeURIComponent('ÜBEL')}`))).toEqual(['BUS-2'])
  expect((await devices('q=bus-2')).devices).toMatchObject([
    { id: 'BUS-2', name: 'Das Übel', group: 'buses', category: 'bus', attributes: { plate: 'BCD-1234' } },
  ])
  expect(idsOf(await devices(`q=${encodeURIComponent('LÍNEA')}`))).toEqual(['BUS-1', 'BUS-2'])
  expect(idsOf(await devices(`q=${encodeURIComponent('b-xy 1')}`))).toEqual(['B-XY 1234'])
  expect(idsOf(await devices('q=nobody'))).toEqual([])
})

it('has the cursor from which the register tells of what is not in the list', async () => {
  const { cursor } = await devices()
  const client = await connectClient(node.url)
  const watch = async () => {
    const reply = await client.watch({ topics: [{ topic: REGISTER, cursor }] })
    return 'results' in reply ? reply.results[0] : null
  }
  expect(await watch()).toMatchObject({ kind: 'current', cursor })
  await feed.fix({ id: 'NEW', n: 1, t: T, lat: 30, lon: -97 })
  await feed.fix({ id: 'NEW', n: 2, t: T + 1000, lat: 30, lon: -97 })
  await feed.unregister('BUS-1')
  await eventually('both updates', () => client.segments(REGISTER).length === 2)
  expect(client.segments(REGISTER)).toMatchObject([{ devices: [{ id: 'NEW' }] }, { gone: ['BUS-1'] }])
  expect(await watch()).toMatchObject({ kind: 'replay', updates: [{ seq: cursor.seq + 1 }, { seq: cursor.seq + 2 }] })
  await eventually('the list', async () => (await devices()).cursor.seq === cursor.seq + 2)
  expect(idsOf(await devices())).toEqual([...IDS, 'NEW'].sort())
  client.close()
})

it('lists all symbols but those that cannot be read, and counts and logs what was left out, once each', async () => {
  await feed.describe('AAPL', 'MSFT')
  await redis.client().hset(topicKey(symbolTopic('MSFT')), 'last', 'not JSON')
  await redis.client().hset(SYMBOLS_KEY, 'b}ad', 'No symbol')
  const symbols = async (): Promise<string[]> => {
    const response = await fetch(`${node.url}/api/symbols`)
    expect(response.status).toBe(200)
    return ((await response.json()) as { symbols: { symbol: string }[] }).symbols.map(({ symbol }) => symbol)
  }
  await eventually('without the one', async () => (await symbols()).join() === 'AAPL')
  await devices()
  expect((await scrape(node.url)).value('watchfloor_unreadable_total')).toBeGreaterThanOrEqual(4)
  for (const key of [
    topicKey(symbolTopic('MSFT')),
    SYMBOLS_KEY,
    ...['no hash', 'no device'].map((id) => `wf:{d:${id}}`),
  ])
    expect(node.output().split(`"key":"${key}"`), key).toHaveLength(2)
})
