import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cellOf, groupOfCell } from '../../../wire/cells.ts'
import type { CellSnapshot } from '../../../wire/fleet.ts'
import { GROUPS_KEY } from '../../../wire/groups.ts'
import type { ViewResult, WatchReply } from '../../../wire/protocol.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { frame, joinRaw } from '../../support/raw-socket.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const BOUNDS = { west: -97.76, south: 30.24, east: -97.74, north: 30.26 }
const AT = { lat: 30.25, lon: -97.75 }

let redis: TestRedis
let node: TestNode
let feed: Feed
let clients: TestClient[] = []
beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HEARTBEAT_MS: '500' } })
  feed = createFeed(redis.client())
})
afterEach(() => {
  for (const client of clients) client.close()
  clients = []
})
afterAll(async () => {
  await node?.stop()
  await redis?.stop()
})

const connect = async (): Promise<TestClient> => {
  const client = await connectClient(node.url)
  clients.push(client)
  return client
}

let n = 0
/** Moves a device a little; returns its cell. */
const fix = (id: string): Promise<string> => {
  n++
  return feed.fix({ id, n, t: Date.now() - 600_000 + n * 100, lat: AT.lat + (n % 50) / 1e5, lon: AT.lon })
}

const viewOf = (reply: WatchReply): ViewResult => {
  if ('error' in reply || !reply.view) throw new Error('refused')
  return reply.view
}
/** The devices in what was answered. */
const shown = (reply: WatchReply): string[] => {
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results
    .flatMap((result) => (result.kind === 'snapshot' ? (result.snapshot as CellSnapshot).fixes : []))
    .map(({ id }) => id)
    .sort()
}
/** The groups of the cells that are watched. */
const groupsOf = (reply: WatchReply): string[] => {
  const view = viewOf(reply)
  return 'error' in view ? [] : [...new Set(view.cells.map(groupOfCell))]
}
const count = (text: string, part: string): number => text.split(part).length - 1

test('what a client does not ask for does not arrive at it: counted on the wire', async () => {
  await feed.describeDevice('BUS-1', { group: 'buses' })
  await feed.describeDevice('VAN-1', { group: 'vans' })
  const wants = async (...groups: string[]) => {
    const socket = await joinRaw(node.port)
    socket.send(frame(`421${JSON.stringify(['watch', { view: { bounds: BOUNDS, groups } }])}`))
    await eventually('the answer', () => socket.text().includes('431['))
    return { socket, answered: socket.text().length }
  }
  const [buses, both] = [await wants('buses'), await wants('buses', 'vans')]
  for (let i = 0; i < 20; i++) for (const id of ['BUS-1', 'VAN-1']) await fix(id)
  const texts = () => [buses, both].map(({ socket, answered }) => socket.text().slice(answered)) as [string, string]
  await eventually('all of both', () => count(texts()[1], '"id":"VAN-1"') + count(texts()[1], '"id":"BUS-1"') === 40)
  await eventually('all of one', () => count(texts()[0], '"id":"BUS-1"') === 20)
  const [one, two] = texts()
  expect([count(one, 'VAN-1'), count(one, 'vans/'), count(one, '"fixes"')]).toEqual([0, 0, 20])
  expect([count(two, '"id":"VAN-1"'), count(two, '"id":"BUS-1"'), count(two, '"fixes"')]).toEqual([20, 20, 40])
  for (const { socket } of [buses, both]) socket.end()
})

test('a view without groups has all that there are, and says which; one that names some has these', async () => {
  const [bus, van, other] = [await fix('BUS-1'), await fix('VAN-1'), await fix('CAR-1')]
  expect([bus, van, other]).toEqual(['buses', 'vans', 'other'].map((group) => cellOf(AT.lat, AT.lon, group)))
  const client = await connect()
  await eventually('the node knows the groups', async () => {
    const view = viewOf(await client.watch({ view: { bounds: BOUNDS } }))
    return 'groups' in view && view.groups.length === 3
  })
  const all = await (await connect()).watch({ view: { bounds: BOUNDS } })
  expect(viewOf(all)).toMatchObject({ groups: ['buses', 'other', 'vans'] })
  expect(groupsOf(all)).toEqual(['buses', 'other', 'vans'])
  expect(shown(all)).toEqual(['BUS-1', 'CAR-1', 'VAN-1'])
  const one = await (await connect()).watch({ view: { bounds: BOUNDS, groups: ['other', 'nobody', 'other'] } })
  expect(viewOf(one)).toMatchObject({ groups: ['buses', 'other', 'vans'] })
  expect((viewOf(one) as { cells: string[] }).cells.map(groupOfCell)).toContain('nobody')
  expect(shown(one)).toEqual(['CAR-1'])
  const none = await (await connect()).watch({ view: { bounds: BOUNDS, groups: [] } })
  expect(none).toMatchObject({ results: [], view: { cells: [], groups: ['buses', 'other', 'vans'] } })
})

test('a device whose group changes leaves one cell for the other, wherever it is, and goes on from there', async () => {
  const from = await fix('TAXI-1')
  expect(from).toBe(cellOf(AT.lat, AT.lon, 'other'))
  const client = await connect()
  await client.watch({ view: { bounds: BOUNDS, groups: ['other', 'taxis'] } })
  const to = await feed.describeDevice('TAXI-1', { name: 'Taxi 1', group: 'taxis', category: 'Car' })
  expect(to).toBe(cellOf(AT.lat, AT.lon, 'taxis'))
  await eventually('it left', () => client.segments(`c:${from}`).length === 1)
  expect(client.segments(`c:${from}`)).toMatchObject([{ left: [{ id: 'TAXI-1', to }] }])
  expect(client.segments(`c:${to}`)).toMatchObject([{ fixes: [{ id: 'TAXI-1' }] }])
  // Said again, nothing moves.
  expect(await feed.describeDevice('TAXI-1', { name: 'Taxi 1', group: 'taxis', category: 'Car' })).toBe(to)
  expect(await fix('TAXI-1')).toBe(to)
  await eventually('its next fix', () => client.segments(`c:${to}`).length === 2)
  expect(client.segments(`c:${from}`)).toHaveLength(1)
})

test('switching a group off and on leaves the other one as it is', async () => {
  for (const id of ['BUS-1', 'VAN-1']) await fix(id)
  const client = await connect()
  await client.watch({ view: { bounds: BOUNDS, groups: ['buses', 'vans'] } })
  const off = await client.watch({ view: { bounds: BOUNDS, groups: ['buses'] } })
  expect(off).toMatchObject({ results: [] })
  for (const id of ['VAN-1', 'BUS-1']) await fix(id)
  await eventually('the bus', () => client.frames.flat().length === 1)
  const on = await client.watch({ view: { bounds: BOUNDS, groups: ['buses', 'vans'] } })
  expect(shown(on)).toEqual(['VAN-1'])
})

test('names that are none, too many groups, and too much together are refused', async () => {
  const client = await connect()
  const ask = (groups: string[], bounds = BOUNDS) => client.watch({ view: { bounds, groups } })
  for (const name of ['', 'A', 'a b', '-a', 'a/b', 'a'.repeat(33)])
    expect(await ask([name])).toMatchObject({ error: { code: 'bad_request' } })
  const many = (size: number): string[] => Array.from({ length: size }, (_, i) => `g${i}`)
  expect(await ask(many(17))).toMatchObject({ error: { code: 'bad_request' } })
  expect(groupsOf(await ask(many(16)))).toEqual(many(16))
  const wide = { west: -97.9, south: 30.0, east: -97.2, north: 30.6 }
  expect(groupsOf(await ask(['buses'], wide))).toEqual(['buses'])
  expect(viewOf(await ask(many(16), wide))).toMatchObject({ error: { code: 'view_too_wide' } })
})

test('what stands among the groups that can be none is no matter', async () => {
  await redis.client().hset(GROUPS_KEY, 'No group', '1')
  await feed.describeDevice('BUS-1', { group: 'late' })
  const client = await connect()
  const groups = await eventually('the node has read the groups', async () => {
    const view = viewOf(await client.watch({ view: { bounds: BOUNDS } }))
    return 'groups' in view && view.groups.includes('late') && view.groups
  })
  expect(groups).not.toContain('No group')
})
