import { lookup } from 'node:dns/promises'
import type { Redis } from 'ioredis'
import type { RedisHost } from './address.ts'

/**
 * Gives up a connection for a new one, which is led to wherever the primary is by then. Nothing happens while it looks for that already:
 * interrupted there, the client ends for good.
 */
export const connectAnew = (redis: Pick<Redis, 'status' | 'disconnect'>): void => {
  if (redis.status === 'ready' || redis.status === 'connect') redis.disconnect(true)
}

/** Whether a connection is to that server already. */
export const leadsTo = async ({ stream }: Redis, { host, port }: RedisHost): Promise<boolean> => {
  const address = await lookup(host).then(
    (found) => found.address,
    () => host,
  )
  return stream?.remotePort === port && stream.remoteAddress === address
}
