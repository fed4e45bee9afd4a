import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { PLACES, type Place } from '../../server/faults.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { scrape } from '../support/metrics.ts'
import { startNode as startChild } from '../support/node.ts'
import { connectRaw } from '../support/raw-client.ts'
import { openReader } from '../support/readers/reader.ts'
import {
  faults,
  faulty,
  feed,
  gone,
  HURT,
  inject,
  isRight,
  isWell,
  nextId,
  node,
  OTHERS,
  onFaultyNode,
  other,
  publish,
  redis,
  second,
  start,
  throwing,
  victim,
} from './faulty-node.ts'
import { command, connectDevice, connectLine, newcomer, refusedOnce, visit } from './provoke.ts'

onFaultyNode()

/** At a place of one client: each time for one, while the other goes on; it loses its connection. */
const hurts = async (at: Place, provoke: (client: TestClient) => Promise<unknown>): Promise<void> => {
  const client = await victim()
  await client.watch({ topics: [{ topic: HURT }, { topic: 's:ONE', mode: 'latest', rate: 20 }] })
  await faulty(at, () => provoke(client), client.socket.id, Number.POSITIVE_INFINITY)
  await gone(client)
}

/** At a place that everybody needs: once, and then for a second every time; afterwards all is right. */
const everywhere = async (at: Place, provoke: () => Promise<unknown>, of?: string): Promise<void> => {
  await faulty(at, provoke, of)
  await isRight()
  const lasting = { of, times: Number.POSITIVE_INFINITY }
  throwing.set(at, lasting)
  const end = performance.now() + 1000
  while (performance.now() < end) {
    await provoke()
    await isWell()
    await sleep(50)
  }
  throwing.delete(at)
}

const kill = (type: 'pubsub' | 'normal') => async (): Promise<unknown> => {
  await redis.client().call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
  return sleep(50)
}

let visits = 0

const PROVOKE: Record<Place, () => Promise<unknown>> = {
  'redis.bytes': () => everywhere('redis.bytes', publish),
  'redis.event': () => everywhere('redis.event', kill('pubsub')),
  'redis.rest': () => everywhere('redis.rest', publish),
  'redis.settle': () => everywhere('redis.settle', kill('pubsub')),
  'redis.watch': () => everywhere('redis.watch', () => sleep(100)),
  'redis.nodes': () => everywhere('redis.nodes', () => fetch(`${second.url}/api/stats`)),
  'topic.message': () => hurtTopic('topic.message'),
  'topic.read': () => everywhere('topic.read', () => visit(HURT, `s:NEW${++visits}`)),
  'topic.recover': async () => {
    throwing.set('topic.message', { of: 's:ONE', times: Number.POSITIVE_INFINITY })
    // It would find the topic behind, and recover it first.
    throwing.set('chore.compare', { of: undefined, times: Number.POSITIVE_INFINITY })
    await faulty('topic.recover', publish, 's:ONE', 3)
    throwing.delete('topic.message')
    throwing.delete('chore.compare')
  },
  'topic.linger': () => everywhere('topic.linger', () => visit(`s:NEW${++visits}`)),
  'topic.conflate': () => hurtTopic('topic.conflate'),
  'client.connect': () => everywhere('client.connect', newcomer),
  'client.work': () => faulty('client.work', newcomer),
  'client.request': () =>
    hurts('client.request', async ({ socket }) => void socket.emit('unwatch', { topics: [] }, () => {})),
  'client.heartbeat': () => hurts('client.heartbeat', () => sleep(100)),
  'client.push': () => hurts('client.push', publish),
  'client.flush': () => hurts('client.flush', publish),
  'client.wake': () => hurts('client.wake', publish),
  'client.catch-up': catchUp,
  'client.disconnect': () => everywhere('client.disconnect', () => visit(HURT)),
  flush: () => everywhere('flush', publish),
  'archive.lease': () => everywhere('archive.lease', () => sleep(100)),
  'archive.turn': () => everywhere('archive.turn', () => sleep(100)),
  'chore.archive': () => everywhere('chore.archive', () => sleep(100)),
  'chore.compare': () => everywhere('chore.compare', () => sleep(100)),
  'chore.connections': () => everywhere('chore.connections', () => sleep(100)),
  'chore.counts': () => everywhere('chore.counts', () => sleep(100)),
  'chore.groups': () => everywhere('chore.groups', () => sleep(100)),
  'chore.presence': () => everywhere('chore.presence', () => sleep(100)),
  'chore.revocations': () => everywhere('chore.revocations', () => sleep(100)),
  'chore.arrivals': () => everywhere('chore.arrivals', () => sleep(100)),
  'chore.people': () => everywhere('chore.people', () => sleep(100)),
  'chore.devices': () => everywhere('chore.devices', () => sleep(100)),
  'chore.commands': () => everywhere('chore.commands', () => sleep(100)),
  'chore.clocks': () => everywhere('chore.clocks', () => sleep(100)),
  'chore.sweep': () =>
    eventually('the turn of the sweeper', async () => (await faults('chore.sweep')) > 0, { everyMs: 500 }),
  'device.batch': () => everywhere('device.batch', command),
  'device.connection': () => everywhere('device.connection', connectDevice),
  'device.line': () => everywhere('device.line', connectLine),
  'device.broker': () => everywhere('device.broker', () => sleep(100)),
  'device.feed': () => everywhere('device.feed', () => sleep(100)),
  'device.lease': () => everywhere('device.lease', () => sleep(100)),
  'http.request': () => faulty('http.request', refusedOnce),
  'http.connection': () => faulty('http.connection', refusedOnce),
  'http.turn': () => everywhere('http.turn', refusedOnce),
  'http.upgrade': () => everywhere('http.upgrade', newcomer),
  metrics: async () => {
    await faulty('metrics', async () => {}, 'watchfloor_clients', 1)
    throwing.set('metrics', { of: 'watchfloor_clients', times: 1 })
    const { types } = await scrape(node.url)
    expect([types.has('watchfloor_clients'), types.has('watchfloor_watches')]).toEqual([false, true])
  },
  stop: stopping,
  process: uncaught,
}

/** One topic is hurt each time: the others go on meanwhile, and it is right again afterwards. */
async function hurtTopic(at: Place): Promise<void> {
  const close = openReader(node.url, { topics: [HURT] })
  const client = await victim()
  await client.watch({ topics: [{ topic: HURT, mode: 'latest', rate: 20 }] })
  await eventually('the topic is watched', close.settled)
  const resyncs = (await scrape(node.url)).value('watchfloor_resyncs_total')
  throwing.set(at, { of: HURT, times: Number.POSITIVE_INFINITY })
  for (let i = 0; i < 10; i++) {
    await publish()
    await publish()
    await isRight()
  }
  expect(await faults(at)).toBeGreaterThan(0)
  throwing.delete(at)
  await isRight(close, [HURT])
  await eventually('it was read anew', async () => (await scrape(node.url)).value('watchfloor_resyncs_total') > resyncs)
  expect(client.socket.connected).toBe(true)
  client.close()
  close.close()
}

/** A client that takes nothing falls behind; as it takes data again it catches up, which throws: it alone is gone. */
async function catchUp(): Promise<void> {
  const many = (): Promise<unknown> =>
    feed.device(
      'BIG',
      Array.from({ length: 200 }, () => ({
        id: 'BIG',
        n: nextId(),
        t: Date.now(),
        lat: 30,
        lon: -97,
        route: 'x'.repeat(64),
      })),
    )
  await many()
  const raw = await connectRaw(node.url)
  await raw.ask('watch', { topics: [{ topic: 'd:BIG' }] })
  throwing.set('client.catch-up', { of: undefined, times: Number.POSITIVE_INFINITY })
  raw.pause()
  await eventually('it falls behind', async () => {
    for (let i = 0; i < 20; i++) await many()
    return (await scrape(node.url)).value('watchfloor_slow_clients_total') > 0
  })
  raw.resume()
  await eventually('a fault while it catches up', async () => (await faults('client.catch-up')) > 0)
  await eventually('its connection ends', () => !raw.isOpen())
  throwing.delete('client.catch-up')
}

/** Each step of the end is taken, though one throws. */
async function stopping(): Promise<void> {
  const ending = await start('ending', inject)
  const client = await connectClient(ending.url, { reconnection: false })
  throwing.set('stop', { of: undefined, times: 1 })
  await ending.stop()
  throwing.delete('stop')
  await gone(client)
  await expect(fetch(`${ending.url}/healthz`)).rejects.toThrow()
}

/** What nothing else catches is thrown in a node that is a process of its own: it goes on, and says so once. */
async function uncaught(): Promise<void> {
  const code = "process.addListener('SIGUSR2',()=>setImmediate(()=>{throw(new(Error)('nobody'))}))"
  const child = await startChild({
    redisUrl: redis.url,
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` },
  })
  const reader = openReader(child.url, { topics: OTHERS })
  await eventually('it is watched', reader.settled)
  const told = async (): Promise<number> =>
    (await scrape(child.url)).value('watchfloor_faults_total', { at: 'process' })
  for (let i = 1; i <= 3; i++) {
    process.kill(child.pid, 'SIGUSR2')
    await eventually('it is counted', async () => (await told()) === i)
  }
  await isRight(reader)
  expect(child.output().match(/A fault was contained/g)).toHaveLength(1)
  reader.close()
  expect(await child.stop()).toEqual({ code: 0, signal: null })
}

it.each(Object.keys(PLACES) as Place[])(
  'a fault at %s costs what it belongs to, and the others go on',
  async (at) => {
    const connections = other.connections()
    await PROVOKE[at]()
    await isRight()
    await isWell()
    expect(other.connections()).toBe(connections)
  },
  180_000,
)
