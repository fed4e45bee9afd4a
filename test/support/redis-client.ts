import { Cluster, Redis } from 'ioredis'
import { parseRedisAddress, type RedisAddress } from '../../redis/address.ts'

/** A test's own connection to whatever kind of Redis the test runs against. */
export type RedisClient = Redis | Cluster

const open = (address: RedisAddress): RedisClient => {
  const { hosts, username, password } = address
  const credentials = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  if (address.mode === 'cluster') return new Cluster(hosts, { redisOptions: credentials, shardedSubscribers: true })
  if (address.mode === 'single') return new Redis({ ...credentials, ...hosts[0], db: address.database })
  const { primary: name, sentinelPassword } = address
  return new Redis({
    ...credentials,
    sentinels: hosts,
    name,
    ...(sentinelPassword !== undefined && { sentinelPassword }),
  })
}

/** Connects to the Redis that a REDIS_URL names. It reconnects by itself; errors stay with the commands that they fail. */
export const connectRedis = (url: string): RedisClient => {
  const client = open(parseRedisAddress(url))
  client.on('error', () => {}) // tests take servers down on purpose
  return client
}
