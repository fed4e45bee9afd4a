import { Redis } from 'ioredis'
import type { Call } from '../../wire/calls.ts'

/**
 * All that the publisher needs of Redis: runs calls in order, and answers one reply a call, an `Error` for a call that failed.
 * Never rejects. A call that failed may have been carried out all the same.
 */
export type Port = { run: (calls: readonly Call[]) => Promise<unknown[]> }

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** A port that sends all calls in one pipeline. */
export const redisPort = (redis: Pick<Redis, 'pipeline'>): Port => ({
  run: async (calls) => {
    const pipeline = redis.pipeline()
    for (const { name, keys, args } of calls) pipeline.call('FCALL', [name, keys.length, ...keys, ...args])
    try {
      const replies = (await pipeline.exec()) ?? []
      return calls.map((_, place) => {
        const [error, value] = replies[place] ?? [new Error('No answer')]
        return error ?? value
      })
    } catch (error) {
      return calls.map(() => asError(error))
    }
  },
})

/** How long a call may take before the feed believes that Redis hangs, in milliseconds. */
const CALL_TIMEOUT = 10_000

/**
 * A connection that leaves resending to the publisher: calls fail at once while Redis is away, and it reconnects by itself, at
 * random after up to two seconds. Resolves after the first attempt, whether it succeeded or not.
 */
export const connectFeed = async (url: string, random: () => number): Promise<Redis> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: CALL_TIMEOUT,
    connectTimeout: CALL_TIMEOUT,
    retryStrategy: (attempt) => Math.min(2000, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + random() / 2),
  })
  // Without a listener ioredis logs each failed attempt; the publisher says once that Redis is away.
  redis.on('error', () => {})
  await redis.connect().catch(() => {})
  return redis
}
