import type { Cluster, Redis } from 'ioredis'
import type { Call } from '../wire/calls.ts'

/**
 * What follows FCALL (or FCALL_RO) in a call of the function library: its name, how many keys, the keys, the values.
 */
export const wordsOf = ({ name, keys, args }: Call): (string | number)[] => [name, keys.length, ...keys, ...args]

/** Makes one call of the function library. */
export const callFunction = (redis: Redis | Cluster, call: Call): Promise<unknown> =>
  redis.call('FCALL', ...wordsOf(call))
