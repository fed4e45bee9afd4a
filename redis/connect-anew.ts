import { lookup } from 'node:dns/promises'
import type { Redis } from 'ioredis'
import type { RedisHost } from './address.ts'

/**
 * Gives up a connection for a new one, which is led to wherever the primary is by then. Nothing happens while it looks
 * for that already: interrupted there, the client ends for good.
 */
export const connectAnew = (redis: Pick<Redis, 'status' | 'disconnect'>): void => {
  if (redis.status === 'ready' || redis.status === 'connect') redis.disconnect(true)
}

/**
 * Has a connection look for the primary at once, unless it leads to this one, which is the primary now. Never rejects.
 */
export const leadTo = async (redis: Redis, primary: RedisHost): Promise<void> => {
  if (redis.status === 'reconnecting')
    await redis.connect().catch(() => {}) // it tries again by itself
  else if (!(await leadsTo(redis, primary))) connectAnew(redis)
}

/** Whether a connection is to that server, by any of the addresses that its name stands for. */
const leadsTo = async (redis: Redis, { host, port }: RedisHost): Promise<boolean> => {
  const addresses = await lookup(host, { all: true }).catch(() => [])
  const { stream } = redis
  return stream?.remotePort === port && addresses.some(({ address }) => address === stream.remoteAddress)
}
