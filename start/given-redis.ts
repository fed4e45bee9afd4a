import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress, withoutPasswords } from '../redis/address.ts'
import { Failure } from './failure.ts'
import { isRecentEnough } from './program.ts'

const TIMEOUT_MS = 5000

/** A connection that is tried once, and no longer than this. */
const once = ({ username, password, tls }: RedisAddress) => ({
  lazyConnect: true,
  retryStrategy: () => null,
  connectTimeout: TIMEOUT_MS,
  commandTimeout: TIMEOUT_MS,
  disconnectTimeout: 100,
  ...(username && { username }),
  ...(password && { password }),
  ...(tls && { tls: {} }),
})

const open = (address: RedisAddress): Redis | Cluster => {
  if (address.mode === 'cluster')
    return new Cluster(address.hosts, {
      lazyConnect: true,
      clusterRetryStrategy: () => null,
      slotsRefreshTimeout: TIMEOUT_MS,
      redisOptions: once(address),
    })
  if (address.mode === 'single') return new Redis({ ...once(address), ...address.hosts[0], db: address.database })
  const { hosts, primary, sentinelPassword, tls } = address
  return new Redis({
    ...once(address),
    sentinels: hosts,
    name: primary,
    sentinelCommandTimeout: TIMEOUT_MS,
    sentinelRetryStrategy: () => null,
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  })
}

/** The reason under what a client says of all its attempts. */
const reasonOf = ({ code, lastNodeError, message }: Error & { code?: string; lastNodeError?: Error }): string => {
  const reason = code ?? lastNodeError?.message ?? / Last error: (.+)$/.exec(message)?.[1] ?? message
  if (/RESP type/.test(reason)) return 'what answers there is no Redis'
  return reason === 'Connection is closed.' ? 'nobody answers' : reason
}

/** What else may be wrong where no server answered with an error. */
const REMEDY = {
  single: 'check it, or leave REDIS_URL out to have a private one',
  sentinel: 'check that the Sentinels run, that they know a primary of this name (SENTINEL MASTERS), and that it runs',
  cluster: 'check that these servers run, with cluster-enabled yes, and that the Cluster is formed (CLUSTER INFO)',
} as const

/** Versions of the servers that take writes. */
const versions = async (redis: Redis | Cluster): Promise<string[]> => {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const told = await Promise.all(servers.map((server) => server.info('server')))
  return told.map((info) => /^(?:redis|valkey)_version:(\S+)/m.exec(info)?.[1] ?? 'unknown')
}

/** Makes sure that the Redis of REDIS_URL answers and is recent enough. */
export const checkGivenRedis = async (url: string): Promise<void> => {
  const shown = withoutPasswords(url)
  const address = parseRedisAddress(url)
  const redis = open(address)
  let reason = ''
  redis.on('error', (error: Error) => {
    reason ||= reasonOf(error)
  })
  try {
    await redis.connect()
    for (const version of await versions(redis))
      if (!isRecentEnough(version))
        throw new Failure(`The Redis at ${shown} is version ${version}, and Watchfloor needs 7.0 or later: upgrade it.`)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      `No Redis can be used at ${shown} (${reason || reasonOf(error as Error)}): ${REMEDY[address.mode]}.`,
    )
  } finally {
    redis.disconnect()
  }
}
