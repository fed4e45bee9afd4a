import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyMarket } from '../../../wire/candles.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { CellSnapshot } from '../../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../../wire/market.ts'
import type { Update, WatchReply, WatchResult } from '../../../wire/protocol.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const SYMBOLS = Array.from({ length: 30 }, (_, i) => `S${i}`)
const AUSTIN = { west: -97.8, south: 30.2, east: -97.7, north: 30.3 }

let redis: TestRedis
let nodes: TestNode[] = []
let feed: Feed
let clients: TestClient[] = []
let next = 1

const client = async (node = nodes[0]): Promise<TestClient> => {
  const made = await connectClient(node?.url ?? '')
  clients.push(made)
  return made
}
const trade = (price = 100, t = Date.now()) => ({ id: next++, t, price, size: 2 })
const results = (reply: WatchReply): WatchResult[] => {
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results
}

beforeAll(async () => {
  redis = await startRedis()
  nodes = [
    await startNode({
      redisUrl: redis.url,
      env: { NODE_NAME: 'one', LINGER_MS: '200', HEARTBEAT_MS: '500', MAX_WATCHES: '40' },
    }),
  ]
  nodes.push(await startNode({ redisUrl: redis.url, env: { NODE_NAME: 'two', LINGER_MS: '200', HEARTBEAT_MS: '500' } }))
  feed = createFeed(redis.client())
  await feed.describe(...SYMBOLS)
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis.stop()
})
beforeEach(() => {
  clients = []
})
afterEach(() => {
  for (const each of clients) each.close()
})

describe('watching symbols', () => {
  it('answers a snapshot with its cursor, then sends the updates above it, which give what Redis holds', async () => {
    await feed.market(
      'S0',
      [trade(10), trade(11)],
      [{ t: 1_700_000_000_000, bid: 10, bidSize: 1, ask: 12, askSize: 1 }],
    )
    const one = await client()
    const [answer] = results(await one.watchTopics('s:S0'))
    if (answer?.kind !== 'snapshot') throw new Error(`${answer?.kind}`)
    for (let i = 0; i < 20; i++) await feed.market('S0', [trade(10 + i), trade(30 - i)])
    await eventually('all updates', () => one.segments('s:S0').length === 20)
    const updates = one.segments('s:S0') as Update[]
    expect(updates.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => answer.cursor.seq + 1 + i))
    const state = updates.reduce(applyMarket, answer.snapshot as SymbolSnapshot)
    const [now] = results(await (await client()).watchTopics('s:S0'))
    expect(now).toEqual({
      topic: 's:S0',
      kind: 'snapshot',
      cursor: { epoch: answer.cursor.epoch, seq: updates.at(-1)?.seq },
      snapshot: state,
    })
  })

  it('loses and repeats nothing for a client that begins to watch while trades pour in', async () => {
    let pouring = true
    const pour = (async () => {
      while (pouring) await feed.market('S1', [trade()])
    })()
    const watchers = await Promise.all(Array.from({ length: 10 }, () => client()))
    const answers = await Promise.all(watchers.map((each) => each.watchTopics('s:S1')))
    await eventually('some updates', () => watchers.every((each) => each.segments('s:S1').length > 50))
    pouring = false
    await pour
    const [truth] = results(await (await client()).watchTopics('s:S1'))
    for (const [i, each] of watchers.entries()) {
      const [answer] = results(answers[i] as WatchReply)
      if (answer?.kind !== 'snapshot' || truth?.kind !== 'snapshot') throw new Error('no snapshot')
      await eventually('the last update', () => each.segments('s:S1').at(-1)?.seq === truth.cursor.seq)
      const updates = each.segments('s:S1') as Update[]
      expect(updates.map(({ seq }) => seq)).toEqual(updates.map((_, place) => answer.cursor.seq + 1 + place))
      expect(updates.reduce(applyMarket, answer.snapshot as SymbolSnapshot)).toEqual(truth.snapshot)
    }
  })

  it('answers each topic by itself: one that is wrong does not spoil the rest', async () => {
    const one = await client()
    const reply = await one.watchTopics('s:S2', 's:NOBODY', 'x:Y', 's:a{b}', 'c:0231301203313', 'd:GHOST', 's:S3')
    expect(results(reply).map((each) => (each.kind === 'error' ? each.error.code : each.kind))).toEqual([
      'snapshot',
      'unknown_symbol',
      'bad_topic',
      'bad_topic',
      'bad_topic',
      'unknown_device',
      'snapshot',
    ])
  })

  it('refuses malformed messages and too many watches, and goes on', async () => {
    const one = await client()
    for (const bad of [
      null,
      5,
      'x',
      { topics: 'all' },
      { topics: [{ topic: 5 }] },
      { view: { bounds: { west: 0 } } },
      { view: { bounds: { west: 5, east: 1, south: 0, north: 1 } } },
    ]) {
      const reply = await one.socket.timeout(2000).emitWithAck('watch', bad as never)
      expect(reply, JSON.stringify(bad)).toMatchObject({ error: { code: 'bad_request' } })
    }
    one.socket.emit('watch', {} as never, undefined as never)
    const many = Array.from({ length: 12 }, (_, i) => `s:S${i}`)
    const more = Array.from({ length: 40 }, (_, i) => `d:D${i}`)
    for (const id of more) await feed.fix({ id: id.slice(2), n: next++, t: Date.now(), lat: 1, lon: 1 })
    const answers = results(await one.watchTopics(...many, ...more))
    expect(answers.filter(({ kind }) => kind === 'snapshot')).toHaveLength(40)
    expect(answers.filter((each) => each.kind === 'error' && each.error.code === 'too_many_watches')).toHaveLength(12)
  })

  it('sends nothing more after unwatch', async () => {
    const one = await client()
    await one.watchTopics('s:S4', 's:S5')
    expect(await one.unwatch('s:S4', 'nonsense')).toMatchObject({
      results: [
        { topic: 's:S4', kind: 'unwatched' },
        { kind: 'error', error: { code: 'bad_topic' } },
      ],
    })
    await feed.market('S4', [trade()])
    await feed.market('S5', [trade()])
    await eventually('the other symbol', () => one.segments('s:S5').length === 1)
    expect(one.segments('s:S4')).toEqual([])
  })
})

describe('two nodes', () => {
  it('give a client each the same numbered updates, exactly once and in order, and only of what it watches', async () => {
    const [first, second] = [await client(nodes[0]), await client(nodes[1])]
    const watched = ['s:S6', 's:S7', 's:S8']
    for (const each of [first, second]) results(await each.watchTopics(...watched))
    for (let i = 0; i < 10; i++) for (const symbol of SYMBOLS) await feed.market(symbol, [trade()])
    for (const each of [first, second])
      await eventually('all updates', () => watched.every((topic) => each.segments(topic).length === 10))
    for (const topic of watched) {
      expect(first.segments(topic)).toEqual(second.segments(topic))
      const seqs = first.segments(topic).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i))
    }
    expect(new Set([...first.frames.flat(), ...second.frames.flat()].map(({ topic }) => topic))).toEqual(
      new Set(watched),
    )
  })

  it('count clients and watchers of the whole cluster', async () => {
    const all = [await client(nodes[0]), await client(nodes[0]), await client(nodes[1])]
    for (const each of all) await each.watchTopics('s:S9')
    for (const node of nodes) {
      const stats = await (await fetch(`${node.url}/api/stats`)).json()
      expect(stats).toMatchObject({
        clients: 3,
        nodes: [
          { node: 'one', clients: 2 },
          { node: 'two', clients: 1 },
        ],
        watchers: { S9: 3 },
      })
    }
  })

  it('resume a client where it was: current, replay, or snapshot', async () => {
    const one = await client(nodes[0])
    const [answer] = results(await one.watchTopics('s:S10'))
    if (answer?.kind !== 'snapshot') throw new Error('no snapshot')
    one.close()
    const other = await client(nodes[1])
    const again = (cursor = answer.cursor) => other.watch({ topics: [{ topic: 's:S10', cursor }] })
    expect(results(await again())).toMatchObject([{ kind: 'current', cursor: answer.cursor }])
    await feed.market('S10', [trade(7)])
    await feed.market('S10', [trade(8)])
    await eventually('both are heard', () => other.segments('s:S10').length === 2)
    const [replay] = results(await again())
    expect(replay).toMatchObject({
      kind: 'replay',
      cursor: { seq: answer.cursor.seq + 2 },
      updates: [{ trades: [{ price: 7 }] }, { trades: [{ price: 8 }] }],
    })
    expect(results(await again({ epoch: 'other', seq: 1 }))).toMatchObject([{ kind: 'snapshot' }])
    expect(results(await again({ ...answer.cursor, seq: 10_000 }))).toMatchObject([{ kind: 'snapshot' }])
  })
})

describe('watching a view', () => {
  const fix = (id: string, lat: number, lon: number) => feed.fix({ id, n: next++, t: Date.now(), lat, lon })

  it('answers the cells with the devices in them, and follows them as they move and leave', async () => {
    const cell = await fix('BUS-1', 30.25, -97.75)
    const one = await client()
    const reply = await one.watch({ view: { bounds: AUSTIN } })
    if ('error' in reply || !reply.view || 'error' in reply.view) throw new Error('refused')
    expect(reply.view.cells).toContain(cell)
    const shown = reply.results.flatMap((each) =>
      each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : [],
    )
    expect(shown.map(({ id }) => id)).toEqual(['BUS-1'])
    await fix('BUS-1', 30.251, -97.751)
    const to = await fix('BUS-1', 40, -80)
    await eventually('it left', () => one.segments(`c:${cell}`).length === 2)
    expect(one.segments(`c:${cell}`)).toMatchObject([
      { fixes: [{ id: 'BUS-1', lat: 30.251 }] },
      { left: [{ id: 'BUS-1', to }] },
    ])
  })

  it('moves with the map: new cells come with their devices, old ones are silent', async () => {
    await fix('BUS-2', 30.25, -97.75)
    await fix('BUS-3', 35, -90)
    const one = await client()
    await one.watch({ view: { bounds: AUSTIN } })
    const reply = results(await one.watch({ view: { bounds: { west: -90.1, east: -89.9, south: 34.9, north: 35.1 } } }))
    expect(
      reply.flatMap((each) => (each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : [])),
    ).toMatchObject([{ id: 'BUS-3' }])
    await fix('BUS-2', 30.2501, -97.75)
    await fix('BUS-3', 35.0001, -90)
    await eventually('the new view', () => one.segments(`c:${cellOf(35, -90)}`).length === 1)
    expect(one.frames.flat()).toHaveLength(1)
    expect(results(await one.watch({ view: null }))).toEqual([])
  })

  it('refuses a view that is too wide, and leaves the old one', async () => {
    const one = await client()
    const reply = await one.watch({ view: { bounds: { west: -180, east: 180, south: -85, north: 85 } } })
    expect(reply).toMatchObject({ results: [], view: { error: { code: 'view_too_wide' } } })
  })
})

it('tells last numbers in heartbeats', async () => {
  const one = await client()
  await one.watchTopics('s:S11')
  await feed.market('S11', [trade()])
  await eventually('a heartbeat with the number', () =>
    one.heartbeats.some(({ seqs }) => seqs['s:S11']?.seq === one.segments('s:S11').at(-1)?.seq),
  )
})

it('refuses pages of other origins', async () => {
  const stranger = { extraHeaders: { origin: 'https://elsewhere.example' }, reconnection: false }
  await expect(connectClient(nodes[0]?.url ?? '', stranger)).rejects.toThrow('refused')
  const own = await connectClient(nodes[0]?.url ?? '', { extraHeaders: { origin: nodes[0]?.url ?? '' } })
  own.close()
})
