import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRegister } from '../../../server/fleet/register.ts'
import { startSweeper } from '../../../server/fleet/sweeper.ts'
import { newId } from '../../../server/people/ids.ts'
import { ANYBODY } from '../../../server/people/person.ts'
import { createPeopleStore } from '../../../server/people/store.ts'
import { librarySource } from '../../../server/redis/library.ts'
import { createReader } from '../../../server/redis/read.ts'
import type { CandlesReply, DevicesReply, StatsReply, SymbolsReply, TrackReply } from '../../../wire/api.ts'
import { publishFixes } from '../../../wire/calls.ts'
import { cellBounds } from '../../../wire/cells.ts'
import type { Left } from '../../../wire/fleet.ts'
import { cell as cellKind } from '../../../wire/kinds/cell.ts'
import { patternOf } from '../../../wire/kinds/id.ts'
import { MINUTE } from '../../../wire/market.ts'
import { archiveTwin } from '../../support/archive-twin.ts'
import { startArchivist } from '../../support/archiving.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { inherited, ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { MODE, startRedis, type TestRedis } from '../../support/redis.ts'
import { connectRedis, type RedisClient } from '../../support/redis-client.ts'
import { emptyEverywhere, everyPrimary } from '../../support/redis-everywhere.ts'
import type { SentinelRedis } from '../../support/redis-sentinel.ts'
import { makeUsers, takeRefusals } from '../../support/redis-users.ts'

let redis: TestRedis
let urlOf: (user: string) => string
let node: TestNode
let other: TestNode
let client: TestClient
const clients: RedisClient[] = []

const as = (user: string): RedisClient => {
  const connection = connectRedis(urlOf(user))
  clients.push(connection)
  return connection
}

beforeAll(async () => {
  redis = await startRedis()
  urlOf = await makeUsers(redis)
  // Nobody is there: one of the nodes tries to reach them, and has the lease for it.
  const lines = { MQTT_URL: 'mqtt://127.0.0.1:1', GTFS_URL: 'http://127.0.0.1:1/vehicles.pb' }
  const start = (name: string): Promise<TestNode> =>
    startNode({ redisUrl: urlOf('node'), env: { ...lines, NODE_NAME: name } })
  ;[node, other] = await Promise.all([start('one'), start('two')])
  client = await connectClient(node.url)
})
afterAll(async () => {
  client?.close()
  for (const connection of clients) connection.disconnect()
  await Promise.all([node?.kill(), other?.kill()])
  await redis?.stop()
})

const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${node.url}/api${path}`)).json()) as T

/** The simulators, as the user `feed`, while something is done. */
const whileSimulating = async (work: () => Promise<void>): Promise<string> => {
  const args = '--symbols 10 --rate 100 --devices 10 --interval 0.5 --history 30m'.split(' ')
  const env = { ...inherited(), REDIS_URL: urlOf('feed') }
  const feed = spawn(process.execPath, ['simulators/main.ts', ...args], { cwd: ROOT, env })
  let output = ''
  for (const stream of [feed.stdout, feed.stderr]) stream.on('data', (text) => (output += text))
  const ended = new Promise((resolve) => feed.once('close', resolve))
  try {
    await work()
  } finally {
    feed.kill('SIGINT')
    await ended
  }
  return output
}

it('a node and a feed that may do no more than the document says do all that they do', async () => {
  const output = await whileSimulating(async () => {
    const track = async () => (await ask<TrackReply>('/devices/BUS-0001/track')).fixes?.at(-1)
    const tracked = await eventually('a track', track) // a program has to start for it
    const around = {
      west: tracked.lon - 0.1,
      east: tracked.lon + 0.1,
      south: tracked.lat - 0.1,
      north: tracked.lat + 0.1,
    }
    await client.watchTopics('s:AAPL', 'd:BUS-0001')
    await client.watch({ view: { bounds: around, groups: ['buses'] } })
    expect((await ask<DevicesReply>('/devices?q=bus')).devices.length).toBeGreaterThan(0)
    for (const kind of ['s:', 'd:', 'c:'])
      await eventually(`updates of ${kind}`, () => client.frames.flat().some(({ topic }) => topic.startsWith(kind)))
    const candles = async () => (await ask<CandlesReply>('/symbols/AAPL/candles')).candles
    await eventually('the history', async () => (await candles()).length > 25)
    const symbols = async () => (await ask<SymbolsReply>('/symbols')).symbols
    await eventually('a last price of each', async () => (await symbols()).every(({ last }) => last !== null))
    expect((await ask<StatsReply>('/stats')).nodes.map((one) => one.node)).toEqual(['one', 'two'])
    const reader = redis.client()
    for (const line of ['mqtt', 'gtfs'])
      await eventually(`a node follows ${line}`, async () => (await reader.exists(`wf:{lease:${line}}`)) === 1)
  })
  expect(output).toMatch(/Taken [1-9]\d*, repeats 0, old 0, refused 0/)
  expect(await takeRefusals(redis)).toEqual([])
})

it('the sweeper of such a node mends what a feed left, and reaps', async () => {
  const feed = as('feed')
  const here = { id: 'VAN-7', n: 1, t: Date.now() - 7_200_000, lat: 10, lon: 10 }
  const cell = await createFeed(feed).fix(here)
  await client.watch({ view: { bounds: cellBounds(cell) } })
  const { name, keys, args } = publishFixes('VAN-7', [{ ...here, n: 2, t: here.t + 7_000_000, lat: 11 }])
  await feed.call('FCALL', name, keys.length, ...keys, ...args) // and the feed dies before the next step
  const log = pino({ level: 'silent' })
  const register = createRegister(as('node'), createReader(as('node')), () => {})
  const stop = startSweeper(as('node'), 'sweeping', { reapAfterMs: 300, everyMs: 100 }, log, noFaults, register)
  const left = (): Left[] =>
    client.segments(`c:${cell}`).flatMap((segment) => ('snapshot' in segment ? [] : (segment.left ?? [])))
  try {
    const gone = await eventually('it left', () => left()[0])
    expect(gone).toMatchObject({ id: 'VAN-7', n: 2, to: expect.stringMatching(patternOf(cellKind.id)) })
    const reaped = async (): Promise<boolean> => (await redis.client().hget('wf:{d:VAN-7}', 'cell')) === ''
    await eventually('it is reaped', reaped)
  } finally {
    stop()
  }
  expect(await takeRefusals(redis)).toEqual([])
})

it('what functions do but seldom is allowed too', async () => {
  const feed = createFeed(as('feed'))
  const t = Date.now()
  const publish = (id: number, at = t) => feed.market('OLD', [{ id, t: at, price: 1, size: 1 }])
  // More candles than are kept: the oldest go.
  for (let id = 1; id <= 3300; id += 100)
    await feed.market(
      'OLD',
      Array.from({ length: 100 }, (_, i) => ({ id: id + i, t: t - (id + i) * MINUTE, price: 1, size: 1 })),
    )
  expect(await redis.client().hget('wf:{s:OLD}', 'since')).toMatch(/^\d+$/)
  // A log of another life of the counter: it begins anew.
  await publish(5000)
  await redis.client().del('wf:{s:OLD}')
  const [, epoch] = (await publish(5001)) as [number, string]
  await publish(5002)
  const reply = await client.watch({ topics: [{ topic: 's:OLD', cursor: { epoch, seq: 1 } }] })
  expect(reply).toMatchObject({ results: [{ kind: 'replay', updates: [{ seq: 2 }] }] })
  // Into another cell, and out of the old one.
  const cells = [30, 31].map(
    (lat, i) => () => feed.fix({ id: 'VAN-8', n: i + 1, t: t - 9_000_000 * (1 - i), lat, lon: -97 }),
  )
  for (const move of cells) await move()
  expect(await takeRefusals(redis)).toEqual([])
})

it('such a node archives, and has Redis drop what is archived', async () => {
  const [admin, feed, archive] = [redis.client(), createFeed(as('feed')), archiveTwin()]
  const t = Date.now()
  await feed.describe('ARCH')
  await feed.market(
    'ARCH',
    Array.from({ length: 200 }, (_, i) => ({ id: i + 1, t: t - (200 - i) * 2 * MINUTE, price: 1, size: 1 })),
  )
  for (let i = 0; i < 2; i++)
    await feed.device(
      'VAN-9',
      Array.from({ length: 100 }, (_, n) => ({
        id: 'VAN-9',
        n: 100 * i + n + 1,
        t: t - (200 - 100 * i - n) * 30_000,
        lat: 1,
        lon: 1,
      })),
    )
  await feed.register({ id: 'VAN-9' })
  const timing = { turn: 20, lag: 50, settled: 300, again: { first: 50, most: 500 } }
  const { close } = startArchivist(as('node'), archive, { timing })
  const fixes = async () => admin.zcard('wf:{d:VAN-9}:past')
  await eventually('all is archived', () => archive.store.minutes.size >= 200 && archive.store.fixes.size >= 200)
  await sleep(400)
  await feed.market('ARCH', [{ id: 1000, t, price: 1, size: 1 }])
  await feed.device('VAN-9', [{ id: 'VAN-9', n: 1000, t, lat: 1, lon: 1 }])
  await eventually('both are shorter', async () => (await admin.hlen('wf:{s:ARCH}:1m')) < 100 && (await fixes()) < 100)
  await close()
  expect(await takeRefusals(redis)).toEqual([])
})

it('a node keeps what there is of people', async () => {
  const store = createPeopleStore(as('node'), { now: Date.now, id: newId, unreadable: () => {} })
  const until = Date.now() + 3_600_000
  const { id } = await store.invite({ name: 'Ann', grants: 'watch:s:*', until, by: 'boss' })
  await store.used(id)
  await store.renewInvitation(id, until + 1, 'boss')
  await store.handleOf('openid:https://id.example 1', 'Bob')
  const bounds = { west: 1, east: 2, south: 1, north: 2 }
  const what = { show: { kind: 'device', device: 'VAN-7' }, name: '', until, ends: bounds, device: 'VAN-7' } as const
  const share = await store.makeShare({ ...what, maker: { ...ANYBODY, id: 'ann' } })
  if (typeof share === 'string') throw new Error(share)
  await store.opened(share.id)
  await store.revoke([{ what: `c:${share.id}`, until }], { by: 'ann', about: 'share' })
  await store.forgetArrivals((await store.arrivals()).map((arrival) => arrival.id).concat('none'))
  await store.record({ who: 'ann', what: 'signed_in', about: '' })
  expect((await store.records(null, 10)).length).toBe(5)
  // A log of another life of the counter: it begins anew.
  await redis.client().del('wf:{a:access}')
  for (const credential of ['c:1', 'c:2']) await store.revoke([{ what: credential, until }])
  expect([await store.people(), await store.shares(), await store.invitations()].map((all) => all.length)).toEqual([
    2, 1, 1,
  ])
  expect(await takeRefusals(redis)).toEqual([])
})

it('a node needs no right to load functions where somebody else did', async () => {
  const admin = redis.client()
  await emptyEverywhere(admin)
  for (const primary of await everyPrimary(admin)) {
    await primary.call('FUNCTION', 'LOAD', librarySource(MODE === 'cluster' ? 'SPUBLISH' : 'PUBLISH'))
    await primary.call('ACL', 'SETUSER', 'node', '-function|load')
  }
  const late = await startNode({ redisUrl: urlOf('node') })
  await late.kill()
  expect(await takeRefusals(redis)).toEqual([])
})

it.skipIf(MODE !== 'sentinel')(
  'Sentinels that may do no more than they must replace the primary',
  async () => {
    const { primary } = redis as SentinelRedis
    const old = await primary()
    const feed = createFeed(as('feed'))
    let id = 1_000_000
    await feed.market('ACME', [{ id, t: Date.now(), price: 1, size: 1 }])
    await client.watchTopics('s:ACME')
    await old.kill()
    await eventually('another primary', async () => (await primary()) !== old)
    const taken = () => feed.market('ACME', [{ id: ++id, t: Date.now(), price: 2, size: 1 }])
    await eventually('it takes trades', taken)
    await eventually('the client hears', () => client.segments('s:ACME').length > 0)
    await old.restart()
    const follows = async () => (await old.ask('INFO replication')).includes('link_status:up')
    await eventually('it follows', follows)
    expect(await takeRefusals(redis)).toEqual([])
  },
  60_000,
)

it.each([
  ['feed', 'FLUSHALL'],
  ['feed', 'KEYS *'],
  ['feed', 'SCAN 0'],
  ['feed', 'CONFIG GET requirepass'],
  ['feed', 'FUNCTION FLUSH'],
  ['feed', 'FUNCTION LOAD REPLACE x'],
  ['feed', 'SHUTDOWN'],
  ['feed', 'DEL wf:{s:AAPL}'],
  ['feed', 'EXPIRE wf:{s:AAPL} 1'],
  ['feed', 'HDEL wf:{s:AAPL} last'],
  ['feed', 'HGETALL wf:{s:AAPL}'],
  ['feed', 'HMGET other last'],
  ['feed', 'PUBLISH other x'],
  ['feed', 'SUBSCRIBE wf:{s:AAPL}'],
  ['feed', 'HGET wf:{a:access}:revoked c:1'],
  ['feed', 'HSET wf:{a:access}:people ann x'],
  ['feed', 'PUBLISH wf:{a:access} x'],
  ['node', 'FLUSHALL'],
  ['node', 'KEYS *'],
  ['node', 'CONFIG GET requirepass'],
  ['node', 'FUNCTION FLUSH'],
  ['node', 'CLIENT KILL TYPE normal'],
  ['node', 'DEL wf:{s:AAPL}'],
  ['node', 'HSET wf:{s:AAPL}:1m 0 x'],
  ['node', 'XADD wf:{s:AAPL}:log * u x'],
  ['node', 'DEL wf:{d:VAN-7}:past'],
  ['node', 'DEL wf:{a:access}:record'],
  ['node', 'HMGET other last'],
])('%s may not %s', async (user, line) => {
  const [name = '', ...args] = line.split(' ')
  await expect(as(user).call(name, ...args)).rejects.toThrow(/^NOPERM/)
})
