import type { RedisMode } from '../../redis/address.ts'
import { startProgram } from '../../start/child.ts'
import { type Ask, asker } from '../bench/calls.ts'
import { inherited, ROOT } from '../support/environment.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type RedisProxy, startProxy } from '../support/proxy.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'
import type { RedisClient } from '../support/redis-client.ts'
import { type ClusterRedis, startClusterRedis } from '../support/redis-cluster.ts'
import { type SentinelRedis, startSentinelRedis } from '../support/redis-sentinel.ts'
import type { SoakCrowdCalls } from './crowd/crowd.ts'
import type { Numbers, SoakFeedCalls } from './feed/feed.ts'

export type SoakRedis = SingleRedis | SentinelRedis | ClusterRedis
type Process<Calls extends Record<string, (argument: never) => unknown>> = {
  ask: Ask<Calls>
  signal: (name: NodeJS.Signals) => void
  kill: () => Promise<unknown>
}
export type CrowdProcess = Process<SoakCrowdCalls>

/** Everything of a soak, all of it real processes. */
export type SoakStage = {
  redis: SoakRedis
  /** A connection straight to Redis. */
  direct: RedisClient
  /**
   * In front of a single Redis, for the first node; null with Sentinels and on a Cluster, which tell their own
   * addresses.
   */
  proxy: RedisProxy | null
  /** In order; the first is never killed, so that one lives through all of it. */
  nodes: () => readonly TestNode[]
  /** Starts a node that is gone anew, where it was. */
  restartNode: (place: number) => Promise<void>
  crowds: readonly CrowdProcess[]
  feed: () => Process<SoakFeedCalls>
  /** Kills the feed and starts another, which sends the last of what was sent once more. */
  replaceFeed: () => Promise<void>
  /** Has been written by nodes, lines: no fault may fill a disk. */
  logLines: () => number
  end: () => Promise<void>
}

export type StageOptions = { mode: RedisMode; nodes: number; crowds: number; each: number; seed: number }

const START = { single: startSingleRedis, sentinel: startSentinelRedis, cluster: startClusterRedis } as const
const NODE_ENV = {
  HEARTBEAT_MS: '1000',
  LINGER_MS: '1000',
  LOG_LEVEL: 'info',
  DRAIN_MS: '200',
  // As `npm run server` starts it, and with a way to collect its garbage.
  NODE_OPTIONS: `--max-semi-space-size=8 --import=${new URL('collect/main.ts', import.meta.url).href}`,
}
/** How many of each symbol's and device's last numbers a new feed sends again. */
const OVERLAP = 20

const start = <Calls extends Record<string, (argument: never) => unknown>>(what: string): Process<Calls> => {
  const args = [`test/soak/${what}/main.ts`]
  const child = startProgram(what, args, { cwd: ROOT, env: inherited(), output: 'errors' })
  return {
    ask: asker<Calls>(child.process),
    signal: (name) => void child.process.kill(name),
    kill: child.kill,
  }
}

export const openSoakStage = async ({
  mode,
  nodes: count,
  crowds: crowdCount,
  each,
  seed,
}: StageOptions): Promise<SoakStage> => {
  const closes: (() => Promise<unknown>)[] = []
  let ending: Promise<unknown> | null = null
  const end = async (): Promise<void> => {
    ending ??= Promise.allSettled(closes.map((close) => close()))
    await ending
  }
  try {
    const redis = await START[mode]()
    closes.push(redis.stop)
    const direct = redis.client()
    const proxy = mode === 'single' ? await startProxy(redis.url) : null
    if (proxy) closes.push(proxy.close)
    let lines = 0
    const nodes: TestNode[] = []
    closes.push(() => Promise.all(nodes.map((node) => node.kill())))
    const startAt = async (place: number, port?: number): Promise<void> => {
      const redisUrl = place === 0 && proxy ? proxy.url : redis.url
      const env = { ...NODE_ENV, NODE_NAME: `soak-${place + 1}` }
      nodes[place] = await startNode({ redisUrl, env, ...(port && { port }) })
    }
    for (let place = 0; place < count; place++) await startAt(place)

    let feeds = 0
    let feed: Process<SoakFeedCalls>
    let numbers: Numbers = {}
    const startFeed = async (): Promise<void> => {
      feed = start<SoakFeedCalls>('feed')
      await feed.ask('start', { url: redis.url, seed: seed * 1000 + feeds++, numbers })
    }
    await startFeed()
    closes.push(() => feed.kill())

    const urls = nodes.map(({ url }) => url)
    const crowds: CrowdProcess[] = []
    for (let i = 0; i < crowdCount; i++) {
      const crowd = start<SoakCrowdCalls>('crowd')
      crowds.push(crowd)
      closes.push(crowd.kill)
      await crowd.ask('open', { urls, count: each, seed: seed * 100 + i })
    }
    return {
      redis,
      direct,
      proxy,
      nodes: (): readonly TestNode[] => nodes,
      restartNode: async (place: number): Promise<void> => {
        const old = nodes[place]
        if (!old) return
        lines += old.output().split('\n').length
        await startAt(place, old.port)
      },
      crowds,
      feed: () => feed,
      replaceFeed: async (): Promise<void> => {
        const sent = await feed.ask('numbers', null)
        await feed.kill()
        numbers = Object.fromEntries(Object.entries(sent).map(([name, next]) => [name, Math.max(1, next - OVERLAP)]))
        await startFeed()
      },
      logLines: (): number => nodes.reduce((sum, node) => sum + node.output().split('\n').length, lines),
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}
