import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Tuning } from '../../wire/protocol.ts'
import { type Topic, topicKey } from '../../wire/topics.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { openReader, type Reader } from '../support/readers/reader.ts'
import { differences, readTruth } from '../support/readers/truth.ts'
import { MODE, startRedis, type TestRedis } from '../support/redis.ts'
import { sayOnChannel } from '../support/redis-channel.ts'

const HURT: Topic = 's:HURT'
const OTHER: Topic = 's:OTHER'
const PACES: Tuning[] = [{}, { mode: 'latest' }, { mode: 'latest', rate: 20 }, { rate: 20 }]

let redis: TestRedis
let node: TestNode
let feed: Feed
let reader: Reader
let clients: TestClient[] = []
let id = 0

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HEARTBEAT_MS: '2000' } })
  feed = createFeed(redis.client())
  await feed.describe('HURT', 'OTHER')
  reader = openReader(node.url, { topics: [HURT, OTHER, 'd:VAN-7'] })
  clients = await Promise.all(PACES.map(() => connectClient(node.url, { reconnection: false })))
  for (const [i, client] of clients.entries())
    await client.watch({ topics: [HURT, OTHER].map((topic) => ({ topic, ...PACES[i] })) })
})
afterAll(async () => {
  reader.close()
  for (const client of clients) client.close()
  await node.stop()
  await redis.stop()
})

const trade = (symbol: string): Promise<unknown> =>
  feed.market(symbol, [{ id: ++id, t: Date.now(), price: 100 + (id % 9) / 4, size: id % 50 }])
const cursorOf = async (): Promise<{ epoch: string; seq: number }> => {
  const [epoch, seq] = await redis.client().hmget(topicKey(HURT), 'epoch', 'seq')
  return { epoch: epoch ?? '', seq: Number(seq) }
}

/** What a feed could publish by hand in place of the library; all else about it is right. */
type Forge = (epoch: string, seq: number) => string | Buffer
const head = (epoch: string, seq: number | string, topic: string = HURT): string =>
  `{"topic":"${topic}","epoch":"${epoch}","seq":${seq},"at":${Date.now()}`
const body =
  (fields: string): Forge =>
  (epoch, seq) =>
    `${head(epoch, seq)},${fields}}`
const TRADE = '{"id":1,"t":1767225600000,"price":1,"size":1}'

const FORGED: Record<string, Forge> = {
  'trades that are a number': body('"trades":5'),
  'trades of null': body('"trades":[null]'),
  'trades that are texts': body('"trades":["1",2]'),
  'a trade without a time': body('"trades":[{"id":1,"price":1,"size":1}]'),
  'a price that is a text': body('"trades":[{"id":1,"t":1,"price":"1","size":1}]'),
  'a price beyond all numbers': body('"trades":[{"id":1,"t":1,"price":1e999,"size":1}]'),
  'fixes that are null': body('"fixes":null,"quote":7'),
  'a quote that is a list': body('"quote":[]'),
  'candles, which only a node makes': body('"candles":5'),
  'a snapshot': body('"snapshot":{"last":5}'),
  'a snapshot beside trades': body(`"trades":[${TRADE}],"snapshot":null`),
  'lists in lists': body(`"trades":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  'lists that end nowhere': body(`"trades":${'['.repeat(100_000)}`),
  'no JSON behind the head': (epoch, seq) => `${head(epoch, seq)},oops`,
  'two updates in one text': (epoch, seq) => `${head(epoch, seq)},"trades":[]},${head(epoch, seq + 1)},"trades":[]}`,
  'a line break in a text': body('"note":"a\nb"'),
  'another topic behind the first': body(`"topic":"${OTHER}","trades":[${TRADE}]`),
  'another topic': (epoch, seq) => `${head(epoch, seq, OTHER)},"trades":[${TRADE}]}`,
  'another number behind the first': body(`"seq":1e308,"trades":[${TRADE}]`),
  'a number beyond all numbers': (epoch) => `${head(epoch, '1e308')},"trades":[${TRADE}]}`,
  'a number of many digits': (epoch) => `${head(epoch, '9'.repeat(400))},"trades":[${TRADE}]}`,
  'a number below zero': (epoch) => `${head(epoch, -7)},"trades":[${TRADE}]}`,
  'half a number': (epoch, seq) => `${head(epoch, `${seq}.5`)},"trades":[${TRADE}]}`,
  'a number with a nought before it': (epoch, seq) => `${head(epoch, `0${seq}`)},"trades":[${TRADE}]}`,
  'a text for a time': (epoch, seq) =>
    `{"topic":"${HURT}","epoch":"${epoch}","seq":${seq},"at":"now","trades":[${TRADE}]}`,
  '16 MB': body(`"trades":[${TRADE}],"note":"${'x'.repeat(16 * 1024 * 1024)}"`),
  'no UTF-8': (epoch, seq) =>
    Buffer.concat([Buffer.from(`${head(epoch, seq)},"note":"`), Buffer.from([0xff, 0xfe, 0x22, 0x7d])]),
  'nothing at all': () => '',
}

const malformed = async (): Promise<number> => (await scrape(node.url)).value('watchfloor_malformed_total')
const isRight = async (): Promise<void> => {
  await trade('HURT')
  await trade('OTHER')
  const truth = await readTruth(redis.client(), [HURT, OTHER])
  let wrong: string[] = []
  await eventually('clients have what Redis has', () => {
    wrong = differences(reader, truth)
    return wrong.length === 0
  }).catch((error) => {
    throw new Error(`${error.message}: ${wrong.join('; ')}`)
  })
  expect(reader.journal.faults).toEqual([])
  expect(reader.connections()).toBe(1)
  expect(clients.map(({ socket }) => socket.connected)).toEqual(PACES.map(() => true))
}

let before = 0
beforeEach(async () => {
  await trade('HURT')
  before = await malformed()
})

const say = async (forge: Forge, count = 3): Promise<void> => {
  const { epoch, seq } = await cursorOf()
  for (let i = 1; i <= count; i++) {
    const text = forge(epoch, seq + i)
    await sayOnChannel(redis.client(), topicKey(HURT), text as string)
  }
}

it.each(Object.entries(FORGED))(
  '%s, published by hand, is dropped and counted, and nobody is worse off',
  async (name, forge) => {
    // More than one of 16 MB at once, and Redis itself would end the node's connection.
    const count = name === '16 MB' ? 1 : 3
    await say(forge, count)
    await eventually('it is counted', async () => (await malformed()) >= before + count)
    await isRight()
    const bad = clients
      .flatMap(({ frames }) => frames.flat())
      .filter((segment) => {
        if ('snapshot' in segment) return segment.topic !== HURT && segment.topic !== OTHER
        return !Array.isArray(segment.trades ?? segment.candles) && segment.quote === undefined
      })
    expect(bad).toEqual([])
  },
)

it('what a newer library may say besides goes on as it came; under a number that Redis gave to another, the topic is read anew', async () => {
  const { epoch, seq } = await cursorOf()
  await sayOnChannel(redis.client(), topicKey(HURT), `${head(epoch, seq + 1)},"trades":[${TRADE}],"venue":"\u2028é"}`)
  const [client] = clients
  const last = (): object | undefined => client?.segments(HURT).at(-1)
  await eventually('it came', () => 'venue' in (last() ?? {}))
  expect(last()).toMatchObject({ seq: seq + 1, venue: '\u2028é' })
  expect(await malformed()).toBe(before)
  await trade('HURT')
  const snapshots = () => client?.segments(HURT).filter((segment) => 'snapshot' in segment && segment.seq > seq)
  await eventually('it is read anew', () => snapshots()?.length)
  await isRight()
})

it.each([9_007_199_254_740_991, 1_000_000])(
  'a number %d that Redis never gave out is found, and the topic is read anew',
  async (far) => {
    const { epoch, seq } = await cursorOf()
    const forged = `{"topic":"${HURT}","epoch":"${epoch}","seq":${far},"after":${seq},"at":${Date.now()},"trades":[${TRADE}]}`
    await sayOnChannel(redis.client(), topicKey(HURT), forged)
    await eventually('it is followed', () => clients[0]?.segments(HURT).some((segment) => segment.seq === far))
    await isRight()
  },
)

it('goes on to serve under a flood of it, and does not ask Redis for each', async () => {
  const reads = async (): Promise<number> => (await scrape(node.url)).value('watchfloor_reads_total')
  const asked = await reads()
  for (let i = 0; i < 50; i++) await Promise.all(Array.from({ length: 20 }, () => say(body('"trades":5'), 1)))
  await eventually('all are counted', async () => (await malformed()) >= before + 1000)
  expect((await reads()) - asked).toBeLessThan(250)
  await isRight()
  expect((await scrape(node.url)).value('watchfloor_faults_total')).toBe(0)
  expect(MODE).toBe(redis.mode)
})
