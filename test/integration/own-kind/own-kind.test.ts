import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type RunningNode, startNode } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { addServerKind } from '../../../server/kinds/kinds.ts'
import { createLog } from '../../../server/log.ts'
import type { Cursor, WatchResult } from '../../../wire/protocol.ts'
import { parseTopic, type Topic, topicKey, topicKeys } from '../../../wire/topics.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { TEST_SECRET } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { ONE_ADDRESS } from '../../support/one-address.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { sayOnChannel } from '../../support/redis-channel.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { killSubscribers } from '../../support/redis-everywhere.ts'
import { type GaugeSnapshot, type GaugeUpdate, gauge } from './gauge.ts'
import { gauge as serverGauge } from './server-gauge.ts'

/** A kind of topic that the project does not have. All of it lies beside this file, and the core is as it is. */
addServerKind(gauge, serverGauge)

let redis: TestRedis
let store: RedisClient
let nodes: RunningNode[] = []
let clients: TestClient[] = []

const start = (name: string): Promise<RunningNode> => {
  const log = createLog({ node: name, level: 'silent', secrets: [], now: () => performance.now() })
  const settings = {
    ...ONE_ADDRESS,
    PORT: '0',
    LOG_LEVEL: 'silent',
    HEARTBEAT_MS: '300',
    DRAIN_MS: '0',
    ARCHIVE_URL: 'none',
  }
  return startNode(readConfig({ ...settings, REDIS_URL: redis.url, SECRET_FILE: TEST_SECRET }), name, log)
}
beforeAll(async () => {
  redis = await startRedis()
  store = redis.client()
  nodes = [await start('one'), await start('two')]
})
afterEach(() => {
  for (const client of clients) client.close()
  clients = []
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis?.stop()
})

let named = 0
/** A gauge that nobody knows yet. */
const fresh = (): Topic => parseTopic(`g:RIVER-${String(++named).padStart(3, '0')}`) as Topic

let time = Date.now() - 3_600_000
/** Publishes a level; returns the update's number. */
const rise = async (topic: Topic, level: number): Promise<number> => {
  const keys = topicKeys(topic)
  const [seq] = (await store.call('FCALL', 'wf1_gauge', keys.length, ...keys, ++time, level)) as [number]
  return seq
}

const connect = async (place = 0): Promise<TestClient> => {
  const client = await connectClient(nodes[place]?.url ?? '')
  clients.push(client)
  return client
}

type Watched = { topic: string; cursor?: Cursor; mode?: 'every' | 'latest'; rate?: number }
const watch = async (client: TestClient, wanted: Watched): Promise<WatchResult> => {
  const reply = await client.watch({ topics: [wanted] })
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results[0] as WatchResult
}
/** Where the subscriptions were just ended a node may have to say `unavailable`: try again. */
const watchAll = async (client: TestClient, topic: Topic): Promise<Cursor> => {
  const result = await eventually('an answer', async () => {
    const answer = await watch(client, { topic })
    return answer.kind === 'error' && answer.error.code === 'unavailable' ? null : answer
  })
  if (result.kind !== 'snapshot') throw new Error(`answered ${result.kind}`)
  return result.cursor
}

/** The levels that a client heard of a topic, one by one; a resync begins anew. */
const levels = (client: TestClient, topic: Topic): (number | undefined)[] => {
  let heard: (number | undefined)[] = []
  for (const segment of client.segments(topic)) {
    if ('snapshot' in segment) heard = [(segment.snapshot as unknown as GaugeSnapshot).last?.level]
    else heard.push(...(segment as unknown as GaugeUpdate).levels.map(({ level }) => level))
  }
  return heard
}

test('a name that its description does not allow is no topic, neither here nor in Redis', async () => {
  const client = await connect()
  for (const name of [
    'g:R-001',
    'g:river-001',
    'g:RIVER-01',
    'g:RIVER-0001',
    'g:RIVER001',
    `g:${'R'.repeat(13)}-001`,
  ]) {
    expect(parseTopic(name)).toBeNull()
    expect(await watch(client, { topic: name })).toMatchObject({ error: { code: 'bad_topic' } })
    const keys = [`wf:{${name}}`, `wf:{${name}}:log`]
    await expect(store.call('FCALL', 'wf1_gauge', 2, ...keys, time, 1)).rejects.toThrow('WFKEY')
  }
})

test('one that does not exist is refused with its own error; once it was published it is watched, on both nodes', async () => {
  const topic = fresh()
  const [one, other] = [await connect(0), await connect(1)]
  expect(await watch(one, { topic })).toMatchObject({ kind: 'error', error: { code: gauge.missing } })
  await rise(topic, 1.5)
  for (const client of [one, other])
    expect(await watch(client, { topic })).toMatchObject({
      kind: 'snapshot',
      cursor: { seq: 1 },
      snapshot: { last: { t: time, level: 1.5 } },
    })
  for (const level of [1.75, 2]) await rise(topic, level)
  for (const client of [one, other]) {
    await eventually('both updates', () => client.segments(topic).length === 2)
    expect(levels(client, topic)).toEqual([1.75, 2])
    expect(client.segments(topic)).toMatchObject([{ seq: 2 }, { seq: 3 }])
  }
})

test('whoever comes back, to any node, is given exactly what it missed', async () => {
  const topic = fresh()
  await rise(topic, 1)
  const one = await connect(0)
  const cursor = await watchAll(one, topic)
  one.close()
  for (const level of [2, 3, 4]) await rise(topic, level)
  const again = await connect(1)
  const answer = await watch(again, { topic, cursor })
  expect(answer).toMatchObject({
    kind: 'replay',
    updates: [{ seq: 2 }, { seq: 3 }, { seq: 4, levels: [{ level: 4 }] }],
  })
  expect(await watch(again, { topic, cursor: { ...cursor, seq: 4 } })).toMatchObject({ kind: 'current' })
  expect(await watch(again, { topic, cursor: { epoch: 'other', seq: 4 } })).toMatchObject({ kind: 'snapshot' })
})

test('updates that the log does not hold are told as a gap, and a resync follows', async () => {
  const topic = fresh()
  await rise(topic, 1)
  const client = await connect()
  await watchAll(client, topic)
  await store.hincrby(topicKey(topic), 'seq', 5) // five that were never published
  await rise(topic, 7)
  await eventually('the resync', () => client.segments(topic).some((segment) => 'snapshot' in segment))
  expect(client.gaps).toMatchObject([{ topic, from: 2, to: 7, reason: 'lost' }])
  expect(levels(client, topic)).toEqual([7])
})

test('whoever watches the latest gets several as one', async () => {
  const topic = fresh()
  await rise(topic, 0)
  const client = await connect()
  await watch(client, { topic, mode: 'latest', rate: 0.5 })
  // The first may go at once; what comes in the two seconds after that waits.
  await Promise.all(Array.from({ length: 20 }, (_, i) => rise(topic, i + 1)))
  await eventually('the last', () => levels(client, topic).at(-1) === 20)
  const merged = client.segments(topic).filter((segment) => 'after' in segment && segment.after !== segment.seq - 1)
  expect(merged.length).toBeGreaterThan(0)
  for (const { seq, levels } of merged as unknown as (GaugeUpdate & Cursor)[])
    expect(levels.map(({ level }) => level)).toEqual([seq - 1])
})

test('subscriptions that Redis ends are taken up again, and what was missed comes', async () => {
  const topic = fresh()
  await rise(topic, 1)
  const client = await connect()
  await watchAll(client, topic)
  for (const level of [2, 3, 4]) {
    await killSubscribers(store)
    await rise(topic, level)
    await eventually('it is heard', () => levels(client, topic).at(-1) === level)
  }
  expect(levels(client, topic)).toEqual([2, 3, 4])
  expect(client.gaps).toEqual([])
})

test('what the library never wrote goes to nobody, be it said or stored', async () => {
  const topic = fresh()
  await rise(topic, 1)
  const client = await connect()
  await watchAll(client, topic)
  const epoch = await store.hget(topicKey(topic), 'epoch')
  await sayOnChannel(store, topicKey(topic), `{"topic":"${topic}","epoch":"${epoch}","seq":2,"at":1,"levels":"high"}`)
  await rise(topic, 2)
  await eventually('the true one', () => levels(client, topic).at(-1) === 2)
  expect(levels(client, topic)).toEqual([2])
  await store.hset(topicKey(topic), 'last', 'high')
  expect(await watch(client, { topic })).toMatchObject({
    kind: 'snapshot',
    cursor: { seq: 2 },
    snapshot: { last: null },
  })
})
