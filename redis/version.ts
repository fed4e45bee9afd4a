import type { Redis } from 'ioredis'

/** The oldest major version with function libraries and sharded channels. Valkey counts on from Redis 7.2. */
const OLDEST = 7

/** Whether a version such as `7.0.15` has what Watchfloor needs. */
export const isRecentEnough = (version: string): boolean => Number.parseInt(version, 10) >= OLDEST

/** The version of a server; Valkey tells that of the Redis that it stands for. */
export const readVersion = async (redis: Redis): Promise<string> =>
  /^(?:redis|valkey)_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown'
