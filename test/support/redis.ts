import type { Redis } from 'ioredis'
import type { RedisMode } from '../../redis/address.ts'
import { testRedis } from './environment.ts'
import { connectRedis } from './redis-client.ts'
import { startClusterRedis } from './redis-cluster.ts'
import { engineAnswers, redisInContainer } from './redis-container.ts'
import { redisProcess } from './redis-process.ts'
import { startSentinelRedis } from './redis-sentinel.ts'
import type { TestRedis, Whole } from './redis-whole.ts'

/** One Redis server under test: started, and able to crash and come back. Its address stays the same. */
export type Backend = Omit<Whole, 'restart'> & {
  url: string
  /** Starts it (again): the data that had reached its disk is there. */
  start: () => Promise<void>
  /** Ends it and removes its data. */
  remove: () => Promise<void>
}

export type { TestRedis }
export type SingleRedis = Omit<TestRedis, 'client'> & { mode: 'single'; client: () => Redis }

/**
 * One server for one test file: in a container where a Docker engine answers, else a process of its own on a free port.
 */
export const startSingleRedis = async (settings: readonly string[] = []): Promise<SingleRedis> => {
  const { start, remove, ...backend } = (await engineAnswers())
    ? await redisInContainer(settings)
    : await redisProcess(settings)
  const clients: Redis[] = []
  const client = (): Redis => {
    const redis = connectRedis(backend.url) as Redis
    clients.push(redis)
    return redis
  }
  const stop = async (): Promise<void> => {
    for (const redis of clients) redis.disconnect()
    await remove()
  }
  const server = async () => {
    const { hostname, port, password } = new URL(backend.url)
    return { host: hostname, port: Number(port), password }
  }
  return { mode: 'single', server, ...backend, client, restart: start, stop }
}

const START = {
  single: startSingleRedis,
  sentinel: startSentinelRedis,
  cluster: startClusterRedis,
} as const satisfies Record<RedisMode, (settings: readonly string[]) => Promise<TestRedis>>

/** The kind of Redis that this run is against. */
export const MODE = testRedis()

/**
 * A real Redis for one test file, of the kind that WATCHFLOOR_TEST_REDIS names; `settings` are for each of its servers.
 * What is about one server alone asks for `startSingleRedis`.
 */
export const startRedis = (settings: readonly string[] = []): Promise<TestRedis> => START[MODE](settings)
