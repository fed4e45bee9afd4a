import { connectFeed } from './connect.ts'
import type { Port } from './port.ts'
import { createPublisher, type Publisher, type PublisherOptions } from './publisher.ts'
import { redisPort } from './redis-port.ts'

export type FeedOptions = Omit<PublisherOptions, 'port' | 'random'> & {
  /** Spreads what many feeds would do at the same moment. */
  random?: () => number
}

/** A publisher and its connection, which `stop` ends. `port`: for calls of the function library besides. */
export type Feed = Publisher & { port: Port }

/**
 * Opens a feed into the Redis of a REDIS_URL. Where Redis is away, what is published waits until it is there; so this
 * never fails but where the address cannot be read.
 */
export const openFeed = async (url: string, { random = Math.random, ...options }: FeedOptions): Promise<Feed> => {
  const redis = await connectFeed(url, random)
  const port = redisPort(redis)
  const publisher = createPublisher({ ...options, port, random })
  return {
    ...publisher,
    port,
    stop: async (limit) => {
      const left = await publisher.stop(limit)
      redis.disconnect()
      return left
    },
  }
}
