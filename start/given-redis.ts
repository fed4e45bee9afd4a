import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress, withoutPasswords } from '../redis/address.ts'
import { sentinelReason } from '../redis/errors.ts'
import { credentialsOf, optionsOf, patience } from '../redis/options.ts'
import { isRecentEnough, readVersion } from '../redis/version.ts'
import { Failure } from './failure.ts'

const TIMEOUT_MS = 5000

const once = () => null

/** A connection that is tried once, and no longer than this. */
const open = (address: RedisAddress): Redis | Cluster => {
  const common = { ...patience(TIMEOUT_MS), retryStrategy: once }
  if (address.mode === 'cluster')
    return new Cluster(address.hosts, {
      lazyConnect: true,
      clusterRetryStrategy: once,
      slotsRefreshTimeout: TIMEOUT_MS,
      redisOptions: { ...common, ...credentialsOf(address) },
    })
  return new Redis({
    ...common,
    ...optionsOf(address),
    sentinelCommandTimeout: TIMEOUT_MS,
    sentinelRetryStrategy: once,
  })
}

/** The reason under what a client says of all its attempts. */
const reasonOf = (error: Error & { code?: string; lastNodeError?: Error }): string => {
  const reason = error.code ?? error.lastNodeError?.message ?? sentinelReason(error)
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
const versions = (redis: Redis | Cluster): Promise<string[]> =>
  Promise.all((redis instanceof Cluster ? redis.nodes('master') : [redis]).map(readVersion))

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
