import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Cursor, Segment, WatchReply } from '../../wire/protocol.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { connectRaw } from '../support/raw-client.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const CLIENTS = 100
/** 500 a second: docs/operations.md. */
const SPREAD_MS = CLIENTS * 2
/** For those who are late. */
const LAST_MS = 1000
/** Long enough for a busy machine to bring one more client in. */
const GRACE_MS = 2500

let redis: TestRedis
let feed: Feed
let other: TestNode
beforeAll(async () => {
  redis = await startRedis()
  other = await startNode({ redisUrl: redis.url })
  feed = createFeed(redis.client())
  await feed.describe('ACME')
})
afterAll(async () => {
  await other?.kill()
  await redis.stop()
})

/**
 * A client by docs/protocol.md: told that its node goes, it stays until its time and then moves to the other with its
 * cursor.
 */
type Mover = {
  client: TestClient
  /** Numbers of all updates that it was given, in order, by either node. */
  seqs: number[]
  toldAt: number
  movedAt: number
  reconnectMs: number
  /** When the node ended its connection; infinite where it went by itself, as all do where the machine lets them. */
  cutAt: number
  /** Resolves once it has moved. */
  moved: Promise<void>
  /** Updates that the old node sent it after the notice. */
  late: number
}

const take = (mover: Mover, reply: WatchReply): Cursor => {
  const [answer] = 'results' in reply ? reply.results : []
  if (!answer || answer.kind === 'error') throw new Error(JSON.stringify(reply))
  if (answer.kind === 'replay') mover.seqs.push(...answer.updates.map(({ seq }) => seq))
  return answer.cursor
}

/** Watches; what comes before the answer is heard after it, however close together they arrive. */
const watch = async (mover: Mover, client: TestClient, cursor: Cursor | undefined, hear: (seqs: number[]) => void) => {
  const held: number[][] = []
  let answered = false
  client.socket.on('updates', (segments: Segment[]) => {
    const seqs = segments.map(({ seq }) => seq)
    if (answered) hear(seqs)
    else held.push(seqs)
  })
  const at = take(mover, await client.watch({ topics: [{ topic: 's:ACME', ...(cursor && { cursor }) }] }))
  if (!cursor) mover.seqs.push(at.seq)
  answered = true
  for (const seqs of held) hear(seqs)
  return at
}

const move = async (mover: Mover, epoch: string): Promise<void> => {
  mover.client.close()
  mover.movedAt = performance.now()
  const next = await connectClient(other.url)
  const cursor = { epoch, seq: mover.seqs.at(-1) as number }
  await watch(mover, next, cursor, (seqs) => void mover.seqs.push(...seqs))
  mover.client = next
}

const openMover = async (url: string): Promise<Mover> => {
  const client = await connectClient(url, { reconnection: false })
  const moving = Promise.withResolvers<void>()
  moving.promise.catch(() => {}) // whoever awaits it hears of it
  const mover: Mover = {
    ...{ client, seqs: [], toldAt: 0, movedAt: 0, cutAt: Number.POSITIVE_INFINITY, reconnectMs: 0, late: 0 },
    moved: moving.promise,
  }
  client.socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') mover.cutAt = performance.now()
  })
  const { epoch } = await watch(mover, client, undefined, (seqs) => {
    if (mover.toldAt > 0) mover.late += seqs.length
    mover.seqs.push(...seqs)
  })
  client.socket.on('notice', (notice) => {
    if (notice.kind !== 'shutdown') return
    mover.toldAt = performance.now()
    mover.reconnectMs = notice.reconnectMs
    setTimeout(() => move(mover, epoch).then(moving.resolve, moving.reject), notice.reconnectMs)
  })
  return mover
}

it(`${CLIENTS} clients of a node that stops move to another one after the other, get data all the while, and miss nothing`, async () => {
  let id = 1
  const trade = () => feed.market('ACME', [{ id: id++, t: Date.now(), price: 10, size: 1 }])
  await trade()
  const node = await startNode({ redisUrl: redis.url, env: { DRAIN_MS: String(GRACE_MS), LOG_LEVEL: 'info' } })
  const movers = await Promise.all(Array.from({ length: CLIENTS }, () => openMover(node.url)))
  const trading = setInterval(() => trade().catch(() => {}), 10)
  onTestFinished(() => clearInterval(trading))
  await eventually('trades flow', () => movers.every(({ seqs }) => seqs.length > 10))
  const begun = performance.now()
  const ending = node.stop()
  await eventually('it is not ready', async () => (await fetch(`${node.url}/readyz`)).status === 503)
  expect(movers.filter(({ toldAt }) => toldAt > 0)).toEqual([])
  // A balancer that has not noticed yet sends one more; it is served, and told with the others.
  movers.push(await openMover(node.url))
  expect(await ending).toEqual({ code: 0, signal: null })
  await Promise.all(movers.map(({ moved }) => moved))
  const moved = movers.map(({ seqs }) => seqs.length)
  await eventually('trades flow there', () => movers.every(({ seqs }, i) => seqs.length > (moved[i] as number)))
  clearInterval(trading)
  const last = ((await trade()) as [number])[0]
  await eventually('all have the last', () => movers.every(({ seqs }) => seqs.at(-1) === last))

  for (const { toldAt, movedAt, cutAt, reconnectMs } of movers) {
    expect(cutAt - begun).toBeGreaterThanOrEqual(GRACE_MS + SPREAD_MS + LAST_MS - 20)
    expect(toldAt - begun).toBeGreaterThanOrEqual(GRACE_MS - 20)
    expect(movedAt - toldAt).toBeGreaterThanOrEqual(reconnectMs - 5)
    expect(reconnectMs).toBeLessThanOrEqual(SPREAD_MS + 2)
  }
  // Spread: in each quarter of the time about a quarter of them.
  const quarters = [0, 1, 2, 3].map(
    (quarter) => movers.filter(({ reconnectMs }) => Math.floor((reconnectMs / SPREAD_MS) * 4) === quarter).length,
  )
  for (const count of quarters) expect(count, `${quarters}`).toBeGreaterThan(CLIENTS / 20)
  expect(movers.some(({ late }) => late > 0)).toBe(true)
  // Every number once, none missing, whichever node it came from.
  for (const { seqs } of movers)
    expect(seqs).toEqual(Array.from({ length: last - (seqs[0] as number) + 1 }, (_, i) => (seqs[0] as number) + i))

  const figures = await scrape(other.url)
  expect(figures.value('watchfloor_returned_clients_total')).toBe(CLIENTS + 1)
  expect(figures.value('watchfloor_gaps_total')).toBe(0)
  const lines = node
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [end, ...more] = lines.filter(({ left }) => left !== undefined)
  expect([end.clients, end.left + end.cut, more]).toEqual([CLIENTS + 1, CLIENTS + 1, []])
  // One that went by itself at that very moment may be counted too.
  expect(end.cut).toBeGreaterThanOrEqual(movers.filter(({ cutAt }) => cutAt < Number.POSITIVE_INFINITY).length)
  for (const { client } of movers) client.close()
})

it('a node does not wait for clients that do not go, or that take nothing', async () => {
  const node = await startNode({ redisUrl: redis.url, env: { DRAIN_MS: '0', LOG_LEVEL: 'info' } })
  const staying = await connectClient(node.url, { reconnection: false })
  const deaf = await connectRaw(node.url)
  deaf.pause()
  expect(await node.stop()).toEqual({ code: 0, signal: null })
  expect(node.output()).toMatch(/"clients":2,"left":0,"cut":2/)
  staying.close()
  deaf.close()
})

it('tells a client, too, whose connection was on its way when the others were told', async () => {
  const node = await startNode({ redisUrl: redis.url, env: { DRAIN_MS: '0' } })
  const staying = await connectClient(node.url, { reconnection: false })
  const connection = connect(node.port, '127.0.0.1')
  const write = connection.write.bind(connection)
  let rest = ''
  // The first half of its request now, the other when the node is going.
  connection.write = ((request: string) => {
    rest = request.slice(request.length / 2)
    return write(request.slice(0, request.length / 2))
  }) as typeof connection.write
  const address = `${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const late = new WebSocket(address, { createConnection: () => connection })
  const heard: string[] = []
  late.on('message', (data) => heard.push(String(data)))
  late.on('open', () => late.send('40'))
  late.on('error', () => {})
  await eventually('half of it is sent', () => rest !== '')
  const ending = node.stop()
  await eventually('the others know', () => staying.notices.length > 0)
  connection.write = write
  write(rest)
  await eventually('it knows', () => heard.some((text) => text.includes('"shutdown"')))
  expect((await ending).code).toBe(0)
  staying.close()
})

it('a second signal ends a node that drains at once', async () => {
  const node = await startNode({ redisUrl: redis.url, env: { DRAIN_MS: '30000' } })
  const client = await connectClient(node.url, { reconnection: false })
  const ending = node.stop()
  await eventually('it drains', async () => (await fetch(`${node.url}/readyz`)).status === 503)
  process.kill(node.pid, 'SIGTERM')
  expect((await ending).code).toBe(1)
  client.close()
})
