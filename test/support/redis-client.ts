import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress } from '../../redis/address.ts'
import { credentialsOf, optionsOf } from '../../redis/options.ts'

/** A test's own connection to whatever kind of Redis the test runs against. */
export type RedisClient = Redis | Cluster

const open = (address: RedisAddress): RedisClient => {
  if (address.mode !== 'cluster') return new Redis(optionsOf(address))
  return new Cluster(address.hosts, { redisOptions: credentialsOf(address), shardedSubscribers: true })
}

/**
 * Connects to the Redis that a REDIS_URL names. It reconnects by itself; errors stay with the commands that they fail.
 */
export const connectRedis = (url: string): RedisClient => {
  const client = open(parseRedisAddress(url))
  client.on('error', () => {}) // tests take servers down on purpose
  return client
}
