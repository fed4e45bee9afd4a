import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openArchive } from '../../archive/open.ts'
import { applyMarket, foldTrade } from '../../wire/candles.ts'
import { cellOf } from '../../wire/cells.ts'
import type { Fix } from '../../wire/fleet.ts'
import { type Candle, MINUTE, type SymbolSnapshot, type SymbolUpdate, type Trade } from '../../wire/market.ts'
import type { ClockReply, ClockRequest, PastStand } from '../../wire/past.ts'
import type { WatchReply } from '../../wire/protocol.ts'
import { cellTopic, type Topic } from '../../wire/topics.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'

/** A floor whose archive has half an hour of yesterday: trades of AAPL, minutes of MSFT, and a bus that goes north. */
const FROM = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000 + 8 * 3_600_000
const SECONDS = 1800
const PLACE = { lat: 30.2, lon: -97.74 }
const AROUND = { west: -97.75, east: -97.73, south: 30.15, north: 30.35 }
const TOPICS: Topic[] = ['s:AAPL', 's:MSFT', 'd:BUS-1']

const seconds = Array.from({ length: SECONDS }, (_, i) => i)
const trades = seconds.map((i): Trade => ({ id: i + 1, t: FROM + i * 1000, price: 100 + (i % 7), size: 1 + (i % 3) }))
const minutes = [...Map.groupBy(trades, ({ t }) => Math.floor(t / MINUTE)).values()].map(
  (all) => all.reduce<Candle | null>((candle, trade) => foldTrade(candle, trade, MINUTE), null) as Candle,
)
const fixes = seconds
  .filter((i) => i % 5 === 0)
  .map((i): Fix => ({ id: 'BUS-1', n: i + 1, t: FROM + i * 1000, lat: PLACE.lat + i / 15_000, lon: PLACE.lon }))

let folder: string
let floor: FloorWithPeople
const clients: TestClient[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-past-'))
  const url = `sqlite:${join(folder, 'archive.db')}`
  const archive = await openArchive(url, {})
  await archive.write({
    trades: trades.map((trade) => ({ symbol: 'AAPL', trade, at: trade.t + 20 })),
    minutes: ['AAPL', 'MSFT'].flatMap((symbol) => minutes.map((candle) => ({ symbol, candle }))),
    fixes: fixes.map((fix) => ({ fix, at: fix.t + 20 })),
    devices: [{ id: 'BUS-1', name: 'The bus', group: 'buses' }],
    edge: FROM + SECONDS * 1000,
  })
  await archive.close()
  floor = await startFloorWithPeople({ ARCHIVE_URL: url })
  await floor.feed.describeDevice('BUS-1', { group: 'buses' })
})
afterAll(async () => {
  for (const client of clients) client.close()
  await floor.stop()
  await rm(folder, { recursive: true })
})

const lookBack = async (more: object, grants = 'watch:*'): Promise<TestClient> => {
  const token = await floor.bearer(grants)
  const client = await connectClient(`${floor.closed.url}/past`, { reconnection: false, auth: { token, ...more } })
  clients.push(client)
  return client
}
const move = async ({ socket }: TestClient, request: ClockRequest): Promise<PastStand> => {
  const reply: ClockReply = await socket.emitWithAck('clock', request)
  if ('error' in reply) throw new Error(reply.error.message)
  return reply
}
const stateOf = <State>(reply: WatchReply, topic: Topic): State => {
  const result = 'results' in reply ? reply.results.find((one) => one.topic === topic) : undefined
  if (result?.kind !== 'snapshot') throw new Error(`no state of ${topic}: ${JSON.stringify(result)}`)
  return result.snapshot as State
}
const symbolAt = async (topic: Topic, at: number): Promise<SymbolSnapshot> => {
  const client = await lookBack({ at, speed: 0 })
  return stateOf<SymbolSnapshot>(await client.watchTopics(topic), topic)
}
/** A symbol's state after all that a client was told of it. */
const folded = (client: TestClient, topic: Topic, first: SymbolSnapshot): SymbolSnapshot =>
  client
    .segments(topic)
    .reduce(
      (state, told) =>
        'snapshot' in told ? (told.snapshot as SymbolSnapshot) : applyMarket(state, told as SymbolUpdate),
      first,
    )

describe('a client of the past', () => {
  it('sees the floor as it was at that moment', async () => {
    const at = FROM + 605_500
    const client = await lookBack({ at, speed: 0 })
    expect(client.hellos).toMatchObject([{ at }])
    const reply = await client.watch({ topics: TOPICS.map((topic) => ({ topic })), view: { bounds: AROUND } })
    expect(stateOf<SymbolSnapshot>(reply, 's:AAPL')).toMatchObject({
      last: trades[605],
      quote: null,
      day: { count: 606 },
    })
    const whole = minutes[9]
    expect(stateOf<SymbolSnapshot>(reply, 's:MSFT')).toMatchObject({
      last: { id: 600, price: whole?.close, size: 0 },
      candle: whole,
      day: { count: 600 },
    })
    const fix = fixes[121]
    expect(stateOf(reply, 'd:BUS-1')).toMatchObject({ last: fix, description: { name: 'The bus', group: 'buses' } })
    const cell = cellTopic(cellOf(fix?.lat ?? 0, fix?.lon ?? 0, 'buses'))
    expect(stateOf(reply, cell)).toEqual({ fixes: [fix] })
    await eventually('a heartbeat of then', () => client.heartbeats.some((beat) => beat.at === at))
  })

  it('plays as fast as it is asked to, pauses, and has then what was then; the live floor goes on beside it', async () => {
    const live = await floor.connect(floor.closed, await floor.bearer('watch:*'))
    await floor.feed.describe('LIVE')
    await live.watchTopics('s:LIVE')
    const client = await lookBack({ at: FROM + 300_000 })
    const reply = await client.watchTopics(...TOPICS)
    await move(client, { speed: 64 })
    await floor.feed.market('LIVE', [{ id: 1, t: Date.now(), price: 5, size: 1 }])
    await eventually('two minutes more', () => client.segments('s:MSFT').length >= 2)
    const { at, speed } = await move(client, { speed: 0 })
    expect(speed).toBe(0)
    expect(at).toBeGreaterThanOrEqual(FROM + 420_000 - 1)
    for (const topic of ['s:AAPL', 's:MSFT'] as const)
      expect(folded(client, topic, stateOf(reply, topic))).toEqual(await symbolAt(topic, at))
    expect(client.gaps).toEqual([])
    await eventually('the trade of now', () => live.segments('s:LIVE').some((told) => 'trades' in told))
    expect(live.gaps).toEqual([])
  })

  it('goes to another moment at once: all that it watches is told anew, and no gap', async () => {
    const client = await lookBack({ at: FROM + 300_000 })
    await client.watch({ topics: TOPICS.map((topic) => ({ topic })), view: { bounds: AROUND } })
    const at = FROM + 900_000
    expect(await move(client, { at })).toMatchObject({ at, speed: 0 })
    await eventually('all anew', () =>
      TOPICS.every((topic) => client.segments(topic).some((told) => 'snapshot' in told)),
    )
    expect(client.segments('s:AAPL').at(-1)).toMatchObject({ at, snapshot: { last: trades[900] } })
    expect(client.gaps).toEqual([])
  })

  it('stops at the edge, and says so', async () => {
    const client = await lookBack({})
    const { edge } = await move(client, {})
    await move(client, { at: edge - 20_000, speed: 64 })
    const notice = await eventually('the edge', () => client.notices.find(({ kind }) => kind === 'clock'))
    expect(notice).toMatchObject({ kind: 'clock', speed: 0 })
    expect(notice.kind === 'clock' && notice.at === notice.edge).toBe(true)
  })

  it('may watch what it may watch now, and change nothing', async () => {
    const client = await lookBack({ at: FROM + 300_000 }, 'watch:s:AAPL say:*')
    const reply = await client.watchTopics('s:AAPL', 's:MSFT', 'i:ann', 'p:floor')
    expect(
      'results' in reply && reply.results.map((one) => (one.kind === 'error' ? one.error.code : one.kind)),
    ).toEqual(['snapshot', 'not_allowed', 'not_allowed', 'not_allowed'])
    const said = await client.socket.emitWithAck('say', { room: 'm:desk', id: 'one', text: 'Then' })
    expect(said).toMatchObject({ error: { code: 'not_allowed' } })
    const odd = await client.socket.emitWithAck('clock', { speed: 3 } as never)
    expect(odd).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('is not let in by a share', async () => {
    const token = await floor.bearer('watch:d:BUS-1', {
      id: null,
      name: '',
      via: 'share',
      credential: 'one',
      by: 'ann',
    })
    const refused = connectClient(`${floor.closed.url}/past`, { reconnection: false, auth: { token } })
    await expect(refused).rejects.toThrow(/may not/)
  })

  it('ends when what lets it in is taken back', async () => {
    const token = await floor.bearer('watch:*', { id: 'bob', name: 'Bob', credential: 'of-bob' })
    const client = await connectClient(`${floor.closed.url}/past`, { reconnection: false, auth: { token } })
    const headers = {
      authorization: `Bearer ${await floor.bearer('manage:*')}`,
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ person: 'bob' })
    expect((await fetch(`${floor.closed.url}/api/revoke`, { method: 'POST', headers, body })).status).toBe(200)
    await eventually('the end', () => !client.socket.connected)
    expect(client.notices).toContainEqual({ kind: 'signed_out', reason: 'revoked' })
  })
})
