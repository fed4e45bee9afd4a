import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress } from '../redis/address.ts'
import { backoff } from '../redis/backoff.ts'
import { leadTo } from '../redis/connect-anew.ts'
import { watchFailovers } from '../redis/failovers.ts'
import { credentialsOf, type Options, optionsOf, patience } from '../redis/options.ts'
import { within } from '../redis/within.ts'

/** How long a call may take before the feed believes that Redis hangs or its host is gone, in milliseconds. */
const CALL_TIMEOUT = 2000
/** The shortest and the longest wait between two attempts to connect, in milliseconds. */
const RECONNECT_FIRST = 50
const RECONNECT_MOST = 1000

/** Without a listener ioredis logs each failed attempt; the publisher says once that Redis is away. */
const quietly = <Client extends Redis | Cluster>(client: Client): Client => {
  client.on('error', () => {})
  return client
}

const open = (address: RedisAddress, timeout: number, retry: (attempt: number) => number): Redis | Cluster => {
  const common = { ...patience(timeout), connectionName: 'watchfloor-feed' }
  if (address.mode === 'cluster')
    return quietly(
      new Cluster(address.hosts, {
        lazyConnect: true,
        clusterRetryStrategy: retry,
        slotsRefreshTimeout: Math.min(1000, timeout),
        redisOptions: { ...common, ...credentialsOf(address) },
      }),
    )
  /** A connection that ends only with `disconnect`; while it is down, calls fail at once. */
  const connect = (options: Options): Redis =>
    quietly(new Redis({ ...common, enableOfflineQueue: false, retryStrategy: retry, ...options }))
  // Where the primary is, is asked at every attempt to connect.
  const redis = connect({ ...optionsOf(address), sentinelCommandTimeout: timeout, sentinelRetryStrategy: retry })
  if (address.mode === 'sentinel')
    redis.once(
      'end',
      watchFailovers(address, connect, (primary) => void leadTo(redis, primary)),
    )
  return redis
}

/**
 * A connection to the Redis of a REDIS_URL, be it one server, the primary that Sentinels name, or a Cluster. It
 * reconnects by itself, at random after up to a second. Resolves after the first attempt, whether it succeeded or not.
 * `disconnect` ends it.
 */
export const connectFeed = async (
  url: string,
  random: () => number,
  timeout = CALL_TIMEOUT,
): Promise<Redis | Cluster> => {
  const retry = (attempt: number) => backoff(attempt, RECONNECT_FIRST, RECONNECT_MOST, random)
  const redis = open(parseRedisAddress(url), timeout, retry)
  const firstAttempt = redis.connect().catch(() => {})
  await within(timeout, firstAttempt, () => {})
  return redis
}
