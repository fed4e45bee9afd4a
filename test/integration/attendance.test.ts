import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Notice, WatchReply } from '../../wire/protocol.ts'
import type { TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'
import { scrape } from '../support/metrics.ts'

/** Long enough to connect on a busy machine, and short enough to be told of at once. */
const SOON_MS = 12_000

let floor: FloorWithPeople
let n = 0
const trade = (symbol: string) => floor.feed.market(symbol, [{ id: ++n, t: Date.now(), price: 1, size: 1 }])
const codes = (reply: WatchReply) =>
  'results' in reply ? reply.results.map((each) => (each.kind === 'error' ? each.error.code : each.kind)) : reply
const renew = (client: TestClient, token: string): Promise<object> =>
  client.socket.timeout(60_000).emitWithAck('renew', { token })
const told = (client: TestClient, kind: Notice['kind']) => client.notices.filter((notice) => notice.kind === kind)
const ended = (client: TestClient) => eventually('the end', () => !client.socket.connected)

beforeAll(async () => {
  floor = await startFloorWithPeople()
  await floor.feed.describe('AAPL', 'MSFT')
})
afterAll(() => floor.stop())

test('a right that ends soon is renewed without losing a watch', async () => {
  const until = Date.now() + SOON_MS
  const client = await floor.connect(floor.closed, await floor.bearer('watch:s:*', { until }))
  await client.watchTopics('s:AAPL')
  await eventually('told to renew', () => told(client, 'renew').length > 0)
  const [notice] = told(client, 'renew')
  expect(notice).toMatchObject({ withinMs: expect.any(Number) })
  const later = Date.now() + 3_600_000
  expect(await renew(client, await floor.bearer('watch:s:*', { until: later }))).toEqual({ until: later })
  await eventually('the first end is over', () => Date.now() > until + 2000)
  await trade('AAPL')
  await eventually('an update', () => client.segments('s:AAPL').length === 1)
  expect(told(client, 'renew')).toHaveLength(1)
  expect(told(client, 'signed_out')).toEqual([])
})

test('a right that is not renewed ends with its time: the client hears so, and nothing after it', async () => {
  const client = await floor.connect(floor.closed, await floor.bearer('watch:s:*', { until: Date.now() + SOON_MS }))
  await client.watchTopics('s:AAPL')
  await ended(client)
  expect(client.notices.at(-1)).toEqual({ kind: 'signed_out', reason: 'expired' })
  expect((await scrape(floor.closed.url)).value('watchfloor_terminated_clients_total', { reason: 'expired' })).toBe(1)
})

test('a renewal with fewer grants takes topics away: they are told, end at once, and are refused', async () => {
  const client = await floor.connect(floor.closed, await floor.bearer('watch:s:*'))
  await client.watchTopics('s:AAPL', 's:MSFT')
  expect(await renew(client, await floor.bearer('watch:s:AAPL'))).toHaveProperty('until')
  expect(told(client, 'withdrawn')).toEqual([{ kind: 'withdrawn', topics: ['s:MSFT'] }])
  await trade('MSFT')
  await trade('AAPL')
  await eventually('an update', () => client.segments('s:AAPL').length === 1)
  expect(client.segments('s:MSFT')).toEqual([])
  expect(codes(await client.watchTopics('s:MSFT', 's:AAPL'))).toEqual(['not_allowed', 'snapshot'])
  expect(await renew(client, await floor.bearer('watch:s:*'))).toHaveProperty('until')
  expect(codes(await client.watchTopics('s:MSFT'))).toEqual(['snapshot'])
})

test('nobody goes on as somebody else, or with what is no token', async () => {
  const client = await floor.connect(floor.closed, await floor.bearer('watch:s:*'))
  const bob = await floor.bearer('watch:*', { id: 'bob', credential: 'other' })
  expect(await renew(client, bob)).toMatchObject({ error: { code: 'not_allowed' } })
  const ended = await floor.bearer('watch:*', { until: Date.now() - 1 })
  for (const token of [ended, 'none', `${bob}x`])
    expect(await renew(client, token)).toMatchObject({ error: { code: 'not_signed_in' } })
  expect(await renew(client, '')).toMatchObject({ error: { code: 'bad_request' } })
  expect(codes(await client.watchTopics('d:BUS-1'))).toEqual(['not_allowed'])
})

test('nobody, and whoever has ended, does not join', async () => {
  await expect(floor.connect(floor.closed)).rejects.toThrow('Sign in first')
  const over = await floor.bearer('watch:*', { until: Date.now() - 1 })
  await expect(floor.connect(floor.closed, over)).rejects.toThrow('Sign in first')
  expect(codes(await (await floor.connect(floor.open)).watchTopics('s:AAPL'))).toEqual(['snapshot'])
})
