import { Redis } from 'ioredis'
import { engineAnswers, redisInContainer } from './redis-container.ts'
import { redisProcess } from './redis-process.ts'

/** One Redis server under test: started, and able to crash and come back. Its address stays the same. */
export type Backend = {
  url: string
  /** Starts it (again): the data that had reached its disk is there. */
  start: () => Promise<void>
  /** Ends it in order. */
  halt: () => Promise<void>
  /** Ends it as a crash would. */
  kill: () => Promise<void>
  /** Freezes it: connections stay open, nothing answers. */
  pause: () => Promise<void>
  resume: () => Promise<void>
  /** Ends it and removes its data. */
  remove: () => Promise<void>
}

export type TestRedis = Omit<Backend, 'start' | 'remove'> & {
  /** A client of its own for the test; closed by `stop`. */
  client: () => Redis
  /** Starts it after `halt` or `kill`, its data kept. */
  restart: () => Promise<void>
  /** Ends it for good, with all its clients and data. */
  stop: () => Promise<void>
}

/** A real Redis for one test file: in a container where a Docker engine answers, else a process of its own on a free port. */
export const startRedis = async (settings: readonly string[] = []): Promise<TestRedis> => {
  const { start, remove, ...backend } = (await engineAnswers())
    ? await redisInContainer(settings)
    : await redisProcess(settings)
  const clients: Redis[] = []
  const client = (): Redis => {
    const redis = new Redis(backend.url)
    redis.on('error', () => {}) // tests take it down on purpose
    clients.push(redis)
    return redis
  }
  const stop = async (): Promise<void> => {
    for (const redis of clients) redis.disconnect()
    await remove()
  }
  return { ...backend, client, restart: start, stop }
}
