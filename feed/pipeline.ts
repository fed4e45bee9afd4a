import type { Redis } from 'ioredis'
import type { Call } from '../wire/calls.ts'

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/** Whether a call was not answered in time. */
export const isTimeout = (reply: unknown): boolean => reply instanceof Error && reply.message === 'Command timed out'

/**
 * Calls in one pipeline over one connection; answers one reply a call, an `Error` for one that failed. `asking`: of keys that are on their
 * way to this server of a Cluster.
 */
export const callTogether = async (
  redis: Pick<Redis, 'pipeline'>,
  calls: readonly Call[],
  asking = false,
): Promise<unknown[]> => {
  const pipeline = redis.pipeline()
  for (const { name, keys, args } of calls) {
    if (asking) pipeline.call('ASKING')
    pipeline.call('FCALL', [name, keys.length, ...keys, ...args])
  }
  try {
    const replies = (await pipeline.exec()) ?? []
    return calls.map((_, place) => {
      const [error, value] = replies[asking ? 2 * place + 1 : place] ?? [new Error('No answer')]
      return error ?? value
    })
  } catch (error) {
    return calls.map(() => asError(error))
  }
}
