import { afterAll, beforeAll, expect } from 'vitest'
import { type RunningNode, startNode } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import type { Place } from '../../server/faults.ts'
import { createLog } from '../../server/log.ts'
import { freePort } from '../../start/port.ts'
import type { Topic } from '../../wire/topics.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { TEST_SECRET } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { scrape } from '../support/metrics.ts'
import { ONE_ADDRESS } from '../support/one-address.ts'
import { openReader, type Reader } from '../support/readers/reader.ts'
import { differences, readTruth } from '../support/readers/truth.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'

export const HURT: Topic = 's:HURT'
export const OTHERS: readonly Topic[] = ['s:ONE', 's:TWO', 'd:VAN-7']
const settings = {
  // All connect from one address, and do so without a rest.
  ...ONE_ADDRESS,
  PORT: '0',
  LOG_LEVEL: 'silent',
  HEARTBEAT_MS: '200',
  LINGER_MS: '100',
  DRAIN_MS: '0',
  ARCHIVE_URL: 'none',
  FLUSH_MIN_MS: '8',
  // Nobody is there: both are tried again and again.
  MQTT_URL: 'mqtt://127.0.0.1:1',
  GTFS_URL: 'http://127.0.0.1:1/vehicles.pb',
  GTFS_EVERY_S: '1',
}

export let redis: SingleRedis
export let node: RunningNode
export let second: RunningNode
export let feed: Feed
export let other: Reader
let id = 0

/** What throws now: at a place, and of whom. */
export const throwing = new Map<Place, { of: string | undefined; times: number }>()
export const inject = (at: Place, of: string): void => {
  const wanted = throwing.get(at)
  if (!wanted || wanted.times === 0 || (wanted.of !== undefined && wanted.of !== of)) return
  wanted.times--
  throw new Error(`on purpose at ${at}`)
}

/** Where each node takes NMEA. */
export const nmeaPorts = new Map<string, number>()

export const start = async (name: string, faulty: typeof inject | null): Promise<RunningNode> => {
  const port = await freePort()
  nmeaPorts.set(name, port)
  const log = createLog({ node: name, level: 'silent', secrets: [], now: () => performance.now() })
  return startNode(
    readConfig({ ...settings, NMEA_PORT: String(port), REDIS_URL: redis.url, SECRET_FILE: TEST_SECRET }),
    name,
    log,
    faulty,
  )
}

/** Starts a Redis, a node that throws where it is told to, another one that never does, and a client of the first. */
export const onFaultyNode = (): void => {
  beforeAll(async () => {
    redis = await startSingleRedis()
    // The sweeper's turn comes once in thirty seconds: it throws from the beginning.
    throwing.set('chore.sweep', { of: undefined, times: Number.POSITIVE_INFINITY })
    node = await start('faulty', inject)
    second = await start('second', null)
    feed = createFeed(redis.client())
    await feed.describe('HURT', 'ONE', 'TWO')
    await feed.fix({ id: 'VAN-7', n: 1, t: Date.now() - 60_000, lat: 30, lon: -97 })
    other = openReader(node.url, { topics: OTHERS })
    await eventually('the other client is there', other.settled)
  })
  afterAll(async () => {
    other.close()
    await Promise.all([node.stop(), second.stop()])
    await redis.stop()
  })
}

/** A number that no trade or fix has yet. */
export const nextId = (): number => ++id

const trade = (symbol: string): Promise<unknown> =>
  feed.market(symbol, [{ id: ++id, t: Date.now(), price: 100 + (id % 7) / 4, size: id % 50 }])

/** Something new in every topic. */
export const publish = async (): Promise<void> => {
  for (const symbol of ['HURT', 'ONE', 'TWO']) await trade(symbol)
  await feed.fix({ id: 'VAN-7', n: ++id, t: Date.now(), lat: 30 + id / 1e5, lon: -97 })
}

export const faults = async (at: Place): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_faults_total', { at })

/** The other client has all that is in Redis, and nothing that a node must not do was done to it. */
export const isRight = async (reader: Reader = other, topics = OTHERS): Promise<void> => {
  await publish()
  const truth = await readTruth(redis.client(), topics)
  let wrong: string[] = []
  await eventually(
    'the other client has what Redis has',
    () => {
      wrong = differences(reader, truth)
      return wrong.length === 0
    },
    { limitMs: 60_000 },
  ).catch((error) => {
    throw new Error(`${error.message}: ${wrong.join('; ')}`)
  })
  expect(reader.journal.faults).toEqual([])
}

export const isWell = async (): Promise<void> => {
  expect(await (await fetch(`${node.url}/healthz`)).json()).toMatchObject({ status: 'ok' })
}

/** A client that gets hurt: its own faults end its connection, and it does not come back. */
export const victim = async (): Promise<TestClient> => connectClient(node.url, { reconnection: false })
export const gone = (client: TestClient): Promise<unknown> =>
  eventually('its connection ends', () => !client.socket.connected)

/** Throws at a place, `times` over, until it was counted; then nothing throws. */
export const faulty = async (at: Place, provoke: () => Promise<unknown>, of?: string, times = 1): Promise<void> => {
  const before = await faults(at)
  throwing.set(at, { of, times })
  try {
    await eventually(`a fault at ${at}`, async () => {
      await provoke()
      return (await faults(at)) > before
    })
  } finally {
    throwing.delete(at)
  }
}
