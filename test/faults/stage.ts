import { Redis } from 'ioredis'
import { deviceTopic, symbolTopic, type Topic } from '../../wire/topics.ts'
import { type Crowd, startCrowd } from '../support/crowd.ts'
import { eventually } from '../support/eventually.ts'
import { BOUNDS, type Load, type LoadOptions, startLoad } from '../support/load.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type RedisProxy, startProxy } from '../support/proxy.ts'
import { openReader, type Reader, type Wants } from '../support/readers/reader.ts'
import type { Backend } from '../support/redis.ts'
import type { RedisClient } from '../support/redis-client.ts'
import { type ClusterRedis, startClusterRedis } from '../support/redis-cluster.ts'
import { redisProcess } from '../support/redis-process.ts'
import { type SentinelRedis, startSentinelRedis } from '../support/redis-sentinel.ts'
import { type Checks, createChecks } from './checks.ts'

export const SYMBOLS = ['AAPL', 'MSFT', 'TSLA', 'XRP-ETH'] as const
export const DEVICES = ['BUS-1', 'BUS-2', 'VAN-3'] as const
const TOPICS: readonly Topic[] = [...SYMBOLS.map(symbolTopic), ...DEVICES.map(deviceTopic)]
/** Watched by nobody unless told; for a load that only some may get. */
export const HEAVY = 'HEAVY'
export const WANTS: Wants = { topics: TOPICS, bounds: BOUNDS }

/** Heartbeats come twice a second in all of these tests; a lost tail must be found within two of them. */
export const HEARTBEAT_MS = 500

/** A floor that something is done to: a Redis, nodes, feeds and clients, all of them real. */
export type Stage<R = Backend, C = Redis> = Checks & {
  redis: R
  /** A connection straight to Redis. */
  direct: C
  proxy: () => Promise<RedisProxy>
  node: (options?: { redisUrl?: string; port?: number; env?: Record<string, string> }) => Promise<TestNode>
  reader: (node: { url: string }, wants?: Wants) => Reader
  /** So many readers in a process of their own, spread over the nodes. */
  crowd: (to: { url: string } | readonly { url: string }[], count: number, wants?: Wants) => Promise<Crowd>
  /** Starts a feed; resolves once Redis takes what it publishes, unless `heard` is false. */
  load: (options?: Partial<LoadOptions> & { url?: string }, heard?: boolean) => Promise<Load>
  /** The sum of a node's series of that name that have these labels; throws where there is none. */
  metric: (node: { url: string }, name: string, labels?: Record<string, string>) => Promise<number>
  /** The last lines that each node wrote. */
  said: () => string
  end: () => Promise<void>
}

const LAST_LINES = 15

/** Runs a test on a stage of its own with a single Redis, and clears it away after. */
export const onStage = async (
  work: (stage: Stage) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> => {
  const redis = await redisProcess(settings)
  const direct = new Redis(redis.url, { maxRetriesPerRequest: null })
  direct.on('error', () => {}) // it is taken down on purpose
  const end = async (): Promise<void> => {
    direct.disconnect()
    await redis.remove()
  }
  await play(openStage(redis, direct, end), work)
}

/** The same with Sentinels: see redis-sentinel.ts. */
export const onSentinel = async (work: (stage: Stage<SentinelRedis, RedisClient>) => Promise<void>): Promise<void> => {
  const redis = await startSentinelRedis()
  await play(openStage(redis, redis.client(), redis.stop), work)
}

/** The same with a Cluster: see redis-cluster.ts. */
export const onCluster = async (work: (stage: Stage<ClusterRedis, RedisClient>) => Promise<void>): Promise<void> => {
  const redis = await startClusterRedis()
  await play(openStage(redis, redis.client(), redis.stop), work)
}

const play = async <S extends Pick<Stage, 'end' | 'said'>>(stage: S, work: (stage: S) => Promise<void>) => {
  try {
    await work(stage)
  } catch (error) {
    process.stderr.write(`${stage.said()}\n`)
    throw error
  } finally {
    await stage.end()
  }
}

const openStage = <R extends { url: string }, C extends RedisClient>(
  redis: R,
  direct: C,
  endRedis: () => Promise<void>,
): Stage<R, C> => {
  const nodes: TestNode[] = []
  const readers: Reader[] = []
  const crowds: { crowd: Crowd; count: number }[] = []
  const loads: Load[] = []
  const proxies: RedisProxy[] = []
  const contents = new Map<string, string>()

  const topics = [...TOPICS, symbolTopic(HEAVY)]
  return {
    ...createChecks({ direct, topics, nodes, readers, crowds }),
    redis,
    direct,
    said: () => nodes.map((node) => node.output().split('\n').slice(-LAST_LINES).join('\n')).join('\n'),
    proxy: async () => {
      const proxy = await startProxy(redis.url)
      proxies.push(proxy)
      return proxy
    },
    node: async ({ redisUrl = redis.url, env, ...options } = {}) => {
      const always = { HEARTBEAT_MS: String(HEARTBEAT_MS), LOG_LEVEL: 'info' }
      const node = await startNode({ redisUrl, env: { ...always, ...env }, ...options })
      nodes.push(node)
      return node
    },
    reader: ({ url }, wants = WANTS) => {
      const reader = openReader(url, wants, contents)
      readers.push(reader)
      return reader
    },
    crowd: async (to, count, wants = WANTS) => {
      const crowd = startCrowd()
      crowds.push({ crowd, count })
      const urls = [to].flat().map(({ url }) => url)
      for (const [i, url] of urls.entries()) {
        const share = Math.floor((count * (i + 1)) / urls.length) - Math.floor((count * i) / urls.length)
        await crowd.ask('open', { url, count: share, wants })
      }
      return crowd
    },
    load: async ({ url = redis.url, ...options } = {}, heard = true) => {
      const load = await startLoad(url, {
        symbols: SYMBOLS,
        devices: DEVICES,
        described: [...SYMBOLS, HEAVY],
        ...options,
      })
      loads.push(load)
      if (heard) await eventually('the feed has begun', () => load.publisher.account.accepted > SYMBOLS.length * 2)
      return load
    },
    metric: async ({ url }, name, labels) => (await scrape(url)).value(name, labels),
    end: async () => {
      for (const load of loads) load.drop()
      for (const reader of readers) reader.close()
      await Promise.all(crowds.map(({ crowd }) => crowd.kill()))
      await Promise.all(nodes.map((node) => node.kill()))
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await endRedis()
    },
  }
}
