import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Call } from '../../wire/calls.ts'

/**
 * All that the publisher needs of Redis: runs calls in order, and answers one reply a call, an `Error` for a call that failed.
 * Never rejects. A call that failed may have been carried out all the same.
 */
export type Port = { run: (calls: readonly Call[]) => Promise<unknown[]> }

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

const timedOut = (reply: unknown): boolean => reply instanceof Error && reply.message === 'Command timed out'

/** A port that sends all calls in one pipeline. A connection on which a call timed out is dropped for a new one: it may be dead. */
export const redisPort = (redis: Pick<Redis, 'pipeline' | 'disconnect'>): Port => ({
  run: async (calls) => {
    const pipeline = redis.pipeline()
    for (const { name, keys, args } of calls) pipeline.call('FCALL', [name, keys.length, ...keys, ...args])
    try {
      const replies = (await pipeline.exec()) ?? []
      const answers = calls.map((_, place) => {
        const [error, value] = replies[place] ?? [new Error('No answer')]
        return error ?? value
      })
      if (answers.some(timedOut)) redis.disconnect(true)
      return answers
    } catch (error) {
      return calls.map(() => asError(error))
    }
  },
})

/** How long a call may take before the feed believes that Redis hangs or its host is gone, in milliseconds. */
const CALL_TIMEOUT = 5000
/** The longest wait between two attempts to connect, in milliseconds. */
const RECONNECT = 1000

/**
 * A connection that leaves resending to the publisher: calls fail at once while Redis is away, and it reconnects by itself, at
 * random after up to a second. Resolves after the first attempt, whether it succeeded or not. `disconnect` ends it.
 */
export const connectFeed = async (url: string, random: () => number, timeout = CALL_TIMEOUT): Promise<Redis> => {
  const redis = new Redis(url, {
    connectionName: 'watchfloor-feed',
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeout,
    connectTimeout: timeout,
    retryStrategy: (attempt) => Math.min(RECONNECT, 50 * 2 ** Math.min(attempt, 5)) * (0.5 + random() / 2),
  })
  // Without a listener ioredis logs each failed attempt; the publisher says once that Redis is away.
  redis.on('error', () => {})
  await Promise.race([redis.connect().catch(() => {}), sleep(timeout, undefined, { ref: false })])
  return redis
}
