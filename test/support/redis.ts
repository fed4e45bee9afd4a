import type { Redis } from 'ioredis'
import type { RedisMode } from '../../wire/redis-address.ts'
import { testRedis } from './environment.ts'
import { connectRedis, type RedisClient } from './redis-client.ts'
import { startClusterRedis } from './redis-cluster.ts'
import { engineAnswers, redisInContainer } from './redis-container.ts'
import type { Whole } from './redis-deployment.ts'
import { redisProcess } from './redis-process.ts'
import { startSentinelRedis } from './redis-sentinel.ts'

/** One Redis server under test: started, and able to crash and come back. Its address stays the same. */
export type Backend = Omit<Whole, 'restart'> & {
  url: string
  /** Starts it (again): the data that had reached its disk is there. */
  start: () => Promise<void>
  /** Ends it and removes its data. */
  remove: () => Promise<void>
}

/** A real Redis of whatever kind the suite runs against. */
export type TestRedis = Whole & {
  mode: RedisMode
  url: string
  /** A client of its own for the test; closed by `stop`. */
  client: () => RedisClient
  /** A server of it for tools: one that takes writes, or sends on to the one that does. */
  server: () => Promise<{ host: string; port: number; password: string }>
  /** Ends it for good, with all its clients and data. */
  stop: () => Promise<void>
}

export type SingleRedis = Omit<TestRedis, 'client'> & { mode: 'single'; client: () => Redis }

/** One server for one test file: in a container where a Docker engine answers, else a process of its own on a free port. */
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
 * A real Redis for one test file, of the kind that WATCHFLOOR_TEST_REDIS names; `settings` are for each of its servers. What is
 * about one server alone asks for `startSingleRedis`.
 */
export const startRedis = (settings: readonly string[] = []): Promise<TestRedis> => START[MODE](settings)
