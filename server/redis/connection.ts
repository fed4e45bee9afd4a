import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { backoff } from '../../redis/backoff.ts'
import { type Options, patience } from '../../redis/options.ts'
import { isRecentEnough, readVersion } from '../../redis/version.ts'
import type { Faults } from '../faults.ts'

/** How long a node waits for a connection, or for the answer to a command, in milliseconds. */
export const PATIENCE_MS = 2000

const RECONNECT_FIRST_MS = 50
const RECONNECT_MOST_MS = 500

/** When to try again after so many tries, in milliseconds. */
export const reconnectDelay = (times: number): number =>
  backoff(times, RECONNECT_FIRST_MS, RECONNECT_MOST_MS, Math.random)

/**
 * ioredis says this also where it has only come round to the first sentinel again; it is true where it tells of an
 * error.
 */
const COME_ROUND = /^All sentinels are unreachable(?!.*Last error)/

/**
 * One connection that reconnects for ever. While it is down, commands fail at once. An outage is logged once, and its
 * end.
 */
export const connect = (options: Options, name: string, log: Logger, faults: Faults): Redis => {
  const redis = new Redis({
    ...patience(PATIENCE_MS),
    enableOfflineQueue: false,
    retryStrategy: reconnectDelay,
    connectionName: `watchfloor-${name}`,
    ...options,
  })
  let told = false
  const lost = (reason: Error): void => {
    if (told || COME_ROUND.test(reason.message)) return
    told = true
    log.warn({ connection: name, reason: String(reason) }, 'Redis connection lost; reconnecting')
  }
  const back = (): void => {
    if (told) log.info({ connection: name }, 'Redis connection is back')
    told = false
  }
  redis.on('error', faults.guard('redis.event', lost))
  redis.on('ready', faults.guard('redis.event', back))
  return redis
}

/**
 * Throws where a server is older than 7.0, the first with functions and sharded channels. Valkey says 7.2 or later
 * there too.
 */
export const requireVersion = async (redis: Redis): Promise<void> => {
  const version = await readVersion(redis)
  if (!isRecentEnough(version)) throw new Error(`This Redis is version ${version}; Watchfloor needs 7.0 or later.`)
}
