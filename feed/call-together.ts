import type { Redis } from 'ioredis'
import { wordsOf } from '../redis/call.ts'
import type { Call } from '../wire/calls.ts'

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

/**
 * Makes calls in one pipeline over one connection; returns one reply a call, an `Error` for one that failed. `asking`:
 * of keys that are on their way to this server of a Cluster.
 */
export const callTogether = async (
  redis: Pick<Redis, 'pipeline'>,
  calls: readonly Call[],
  asking = false,
): Promise<unknown[]> => {
  const pipeline = redis.pipeline()
  for (const call of calls) {
    if (asking) pipeline.call('ASKING')
    pipeline.call('FCALL', wordsOf(call))
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
