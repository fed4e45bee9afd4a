import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress, type RedisHost } from '../redis/address.ts'
import { connectAnew, leadsTo } from '../redis/connect-anew.ts'
import { watchFailovers } from './failovers.ts'

const NAME = 'watchfloor-feed'
/** How long a call may take before the feed believes that Redis hangs or its host is gone, in milliseconds. */
const CALL_TIMEOUT = 2000
/** The longest wait between two attempts to connect, in milliseconds. */
const RECONNECT = 1000
/** How long a connection that was given up may take to close by itself, in milliseconds: a server that hangs never does. */
const CLOSE_TIMEOUT = 100

/** What all connections share: calls fail at once while Redis is away, and nothing is sent again, since the publisher does that. */
const common = ({ username, password, tls }: RedisAddress, timeout: number) => ({
  connectionName: NAME,
  lazyConnect: true,
  autoResendUnfulfilledCommands: false,
  commandTimeout: timeout,
  connectTimeout: timeout,
  disconnectTimeout: CLOSE_TIMEOUT,
  ...(username && { username }),
  ...(password && { password }),
  ...(tls && { tls: {} }),
})

const newCluster = (address: RedisAddress, timeout: number, retry: (attempt: number) => number): Cluster =>
  new Cluster(address.hosts, {
    lazyConnect: true,
    clusterRetryStrategy: retry,
    slotsRefreshTimeout: Math.min(1000, timeout),
    redisOptions: common(address, timeout),
  })

/** A connection that ends only with `disconnect`; while it is down, calls fail at once. */
const keptAlive = (retry: (attempt: number) => number) => ({
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  retryStrategy: retry,
})

/** Where the primary is, is asked at every attempt to connect. */
const newPrimary = (
  address: RedisAddress & { mode: 'sentinel' },
  timeout: number,
  retry: (attempt: number) => number,
): Redis => {
  const { hosts, primary, sentinelPassword, tls } = address
  const redis = new Redis({
    ...common(address, timeout),
    ...keptAlive(retry),
    sentinels: hosts,
    name: primary,
    sentinelCommandTimeout: timeout,
    sentinelRetryStrategy: retry,
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  })
  const options = {
    connectionName: NAME,
    connectTimeout: timeout,
    disconnectTimeout: CLOSE_TIMEOUT,
    ...(sentinelPassword && { password: sentinelPassword }),
    ...(tls && { tls: {} }),
  }
  const onFailover = async (to: RedisHost) => {
    if (!(await leadsTo(redis, to))) connectAnew(redis)
  }
  redis.once('end', watchFailovers(hosts, primary, options, onFailover))
  return redis
}

const open = (address: RedisAddress, timeout: number, retry: (attempt: number) => number): Redis | Cluster => {
  if (address.mode === 'cluster') return newCluster(address, timeout, retry)
  if (address.mode === 'sentinel') return newPrimary(address, timeout, retry)
  return new Redis({ ...common(address, timeout), ...keptAlive(retry), ...address.hosts[0], db: address.database })
}

/**
 * A connection to the Redis of a REDIS_URL, be it one server, the primary that Sentinels name, or a Cluster. It reconnects by itself, at
 * random after up to a second. Resolves after the first attempt, whether it succeeded or not. `disconnect` ends it.
 */
export const connectFeed = async (
  url: string,
  random: () => number,
  timeout = CALL_TIMEOUT,
): Promise<Redis | Cluster> => {
  const address = parseRedisAddress(url)
  const retry = (attempt: number) => Math.min(RECONNECT, 50 * 2 ** Math.min(attempt, 5)) * (0.5 + random() / 2)
  const redis = open(address, timeout, retry)
  // Without a listener ioredis logs each failed attempt; the publisher says once that Redis is away.
  redis.on('error', () => {})
  await Promise.race([redis.connect().catch(() => {}), sleep(timeout, undefined, { ref: false })])
  return redis
}
