import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balancer, NO_BALANCER, startBalancer } from '../support/balancer.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { askRaw, requestText } from '../support/raw-http.ts'
import { startRedis } from '../support/redis.ts'

const NAMES = ['node-1', 'node-2', 'node-3']
const CLIENTS = 9

describe.skipIf(!balancer)(balancer ? 'three nodes behind the balancer' : NO_BALANCER, () => {
  let nodes: TestNode[] = []
  let clients: TestClient[] = []
  let url = ''
  let feed: Feed
  const undo: (() => unknown)[] = []

  beforeAll(async () => {
    const redis = await startRedis()
    undo.push(redis.stop)
    nodes = await Promise.all(NAMES.map((NODE_NAME) => startNode({ redisUrl: redis.url, env: { NODE_NAME } })))
    for (const node of nodes) undo.push(node.kill)
    const front = await startBalancer(nodes.map(({ port }) => port))
    undo.push(front.stop)
    url = front.url
    feed = createFeed(redis.client())
    await feed.describe('ACME')
    clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectClient(url)))
    for (const client of clients) undo.push(client.close)
  })

  afterAll(async () => {
    for (const step of undo.reverse()) await step()
  })

  const open = (): Socket => connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  const untilClosed = async (socket: Socket): Promise<string> => {
    let said = ''
    socket.on('data', (data) => {
      said += data
    })
    await new Promise((resolve) => socket.once('close', resolve))
    return said
  }

  const nodeOf = (client: TestClient): string | undefined => client.hellos.at(-1)?.node
  const seen = (client: TestClient): number[] =>
    client
      .segments('s:ACME')
      .flatMap((segment) => ('trades' in segment ? (segment.trades ?? []).map(({ id }) => id) : []))
  const trade = (id: number) => feed.market('ACME', [{ id, t: Date.now(), price: 10 + id, size: 1 }])

  it('spreads clients over all nodes and lets the dashboard and its data through', async () => {
    await eventually('all nodes are up', () => new Set(clients.map(nodeOf)).size > 1)
    const { symbols } = await (await fetch(`${url}/api/symbols`)).json()
    expect(symbols).toMatchObject([{ symbol: 'ACME' }])
  })

  it('keeps the metrics of single nodes inside', async () => {
    const spellings = [
      '/metrics',
      '/metrics/',
      '//metrics',
      '/METRICS',
      '/%6detrics',
      '/./metrics',
      '/x/../metrics',
      '/metrics?x',
      `${url}/metrics`,
    ]
    for (const target of spellings) {
      const reply = await askRaw(url, requestText('GET', target, 'localhost'))
      expect([400, 404], target).toContain(reply.status)
      expect(reply.body, target).not.toContain('watchfloor_')
    }
    expect((await fetch(`${nodes[0]?.url}/metrics`)).status).toBe(200)
  })

  it('answers the check of its container by itself', async () => {
    expect((await fetch(`${url}/balancer`)).status).toBe(200)
  })

  it.each([
    ['a request that comes byte by byte', 'GET /api/symbols HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['a body that comes byte by byte', 'POST /api/symbols HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n\r\n'],
  ])('ends %s', async (_, begin) => {
    const socket = open()
    socket.write(begin)
    const drip = setInterval(() => socket.write('a'), 1000)
    const began = performance.now()
    const said = await untilClosed(socket)
    clearInterval(drip)
    expect(said).toMatch(/^HTTP\/1\.1 (408|4\d\d) /)
    expect(performance.now() - began).toBeLessThan(60_000)
  })

  it('keeps one address from taking every connection', async () => {
    const sockets = Array.from({ length: 1100 }, open)
    let refused = 0
    for (const socket of sockets) socket.on('close', () => refused++)
    await eventually('those beyond a thousand are refused', () => refused >= 100)
    await untilClosed(open())
    for (const socket of sockets) socket.destroy()
    await eventually('there is room again', () =>
      fetch(`${url}/api/symbols`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    expect(clients.map((client) => client.hellos.length)).toEqual(Array(CLIENTS).fill(1))
  })

  it('brings every trade to every client, whichever node it is on', async () => {
    await Promise.all(clients.map((client) => client.watchTopics('s:ACME')))
    await trade(1)
    await eventually('all have it', () => clients.every((client) => seen(client).includes(1)))
  })

  it('brings the clients of a node that dies to the others, without sticky sessions', async () => {
    const lost = clients.filter((client) => nodeOf(client) === nodeOf(clients[0] as TestClient))
    const dead = nodeOf(clients[0] as TestClient)
    await nodes[NAMES.indexOf(dead ?? '')]?.kill()
    await eventually('they are elsewhere', () =>
      lost.every((client) => client.socket.connected && nodeOf(client) !== dead),
    )
    await Promise.all(lost.map((client) => client.watchTopics('s:ACME')))
    await trade(2)
    await eventually('all have it', () => clients.every((client) => seen(client).includes(2)))
  })
})
