import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SayReply } from '../../wire/rooms.ts'
import { type Cast, castOf, type Name } from '../support/cast.ts'
import type { TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FloorWithPeople, startFloorWithPeople } from '../support/floor-with-people.ts'
import { scrape } from '../support/metrics.ts'
import { ROUTES } from '../support/table/routes.ts'

/** Whoever may not see something does not notice when it comes: all that they can ask for stays as it was. */
const BLIND = ['share', 'trader', 'dispatcher', 'manager'] as const satisfies Name[]
const AUSTIN = { west: -97.76, south: 30.24, east: -97.74, north: 30.26 }
const TOPICS = [
  's:AAPL',
  's:HIDDEN',
  'd:BUS-1',
  'd:HID-1',
  'm:hidden',
  'm:s:HIDDEN',
  'm:desk',
  'r:devices',
  'p:floor',
  'v:guest',
  'i:guest',
]
const PATHS = [
  ...Object.entries(ROUTES)
    .filter(([route]) => route.startsWith('get ') && route !== 'get /metrics')
    .flatMap(([, rows]) => rows.map(({ path }) => path)),
  '/api/symbols/HIDDEN/candles',
  '/api/devices?q=hid',
  '/api/devices?limit=1&after=AAA',
  '/api/devices/HID-1/track',
  '/api/rooms/m:hidden/messages',
  '/api/rooms/m:s:HIDDEN/messages',
]

let floor: FloorWithPeople
let cast: Cast
/** They stay for the whole test, so that nobody comes or goes. */
const clients = new Map<Name, TestClient>()
let all = ''
let watcher: TestClient

const clientOf = (name: Name): TestClient => clients.get(name) as TestClient
const say = (name: Name, room: string): Promise<SayReply> =>
  clientOf(name)
    .socket.timeout(60_000)
    .emitWithAck('say', { room, id: `${name}-${room}`, text: 'Nobody else may read this' })

/** All that somebody is told, whatever they ask. */
const seenBy = async (name: Name): Promise<string[]> => {
  const client = clientOf(name)
  const told: string[] = []
  for (const path of PATHS) {
    // How many topics a node has is for whoever manages nodes.
    if (name === 'manager' && path === '/api/stats') continue
    const { status, text } = await cast.ask(name, 'GET', path)
    told.push(`${path} ${status} ${text}`)
  }
  for (const view of [null, { bounds: AUSTIN }, { bounds: AUSTIN, groups: ['buses', 'hidden'] }, null])
    told.push(JSON.stringify(await client.watch({ view })))
  for (const topic of TOPICS) {
    told.push(`${topic} ${JSON.stringify(await client.watchTopics(topic))}`)
    told.push(JSON.stringify(await client.unwatch(topic)))
  }
  return told
}

/** Somebody who may see everything sees it on the node where the others ask: it is not that it had not come yet. */
const appears = (path: string, what: string) =>
  eventually(`${what} at ${path}`, async () => {
    const reply = await fetch(floor.closed.url + path, { headers: { Authorization: `Bearer ${all}` } })
    return (await reply.text()).includes(what)
  })

/** Groups are read every two seconds. */
const viewHas = (client: TestClient, group: string) =>
  eventually(`the group ${group}`, async () => {
    const reply = await client.watch({ view: { bounds: AUSTIN } })
    return 'view' in reply && reply.view !== undefined && 'groups' in reply.view && reply.view.groups.includes(group)
  })

beforeAll(async () => {
  floor = await startFloorWithPeople({ PROXIES: '127.0.0.1' })
  cast = await castOf(floor)
  all = await floor.bearer('watch:* manage:*', { id: 'all' })
  await floor.feed.describe('AAPL')
  await floor.feed.describeDevice('BUS-1', { group: 'buses' })
  await floor.feed.fix({ id: 'BUS-1', n: 1, t: Date.now() - 60_000, lat: 30.25, lon: -97.75 })
  for (const name of ['guest', ...BLIND] as const) clients.set(name, await cast.connect(name))
  watcher = await floor.connect(floor.open)
  await appears('/api/symbols', 'AAPL')
  await appears('/api/devices', 'BUS-1')
  await viewHas(clientOf('dispatcher'), 'buses')
})
afterAll(() => floor.stop())

test('a device, a group and a room that come are noticed by nobody who may not see them', async () => {
  const before = new Map<Name, string[]>()
  for (const name of BLIND) before.set(name, await seenBy(name))
  await floor.feed.describeDevice('HID-1', { group: 'hidden', name: 'A secret bus' })
  await floor.feed.fix({ id: 'HID-1', n: 1, t: Date.now() - 50_000, lat: 30.25, lon: -97.75 })
  expect(await say('guest', 'm:hidden')).toHaveProperty('message')
  await appears('/api/devices', 'HID-1')
  await appears('/api/rooms', 'm:hidden')
  await viewHas(watcher, 'hidden')
  for (const name of BLIND) expect(await seenBy(name), name).toEqual(before.get(name))
})

test('a symbol, who watches it and what is written about it are noticed by nobody who may not see them', async () => {
  const blind = BLIND.filter((name) => name !== 'trader')
  const before = new Map<Name, string[]>()
  for (const name of blind) before.set(name, await seenBy(name))
  await floor.feed.describe('HIDDEN')
  await floor.feed.market('HIDDEN', [{ id: 1, t: Date.now(), price: 5, size: 1 }])
  await clientOf('trader').watchTopics('s:HIDDEN')
  for (const room of ['m:s:HIDDEN', 'm:desk']) expect(await say('trader', room)).toHaveProperty('message')
  await appears('/api/symbols', 'HIDDEN')
  await appears('/api/stats', 'HIDDEN')
  await appears('/api/rooms', 'm:s:HIDDEN')
  for (const name of blind) expect(await seenBy(name), name).toEqual(before.get(name))
})

test('what is refused reads nothing of Redis, whether it exists or not', async () => {
  const reads = async () => (await scrape(floor.closed.url)).value('watchfloor_reads_total')
  const client = clientOf('manager')
  const before = await reads()
  for (const topic of ['s:AAPL', 's:NONE', 'd:BUS-1', 'd:NONE', 'm:desk', 'r:devices'])
    expect(await client.watchTopics(topic)).toMatchObject({ results: [{ error: { code: 'not_allowed' } }] })
  expect(await reads()).toBe(before)
})
