import type { Call } from '../../wire/calls.ts'
import type { Commands } from '../redis/deployment.ts'

/** Runs one call of the function library, and returns its answer. */
export const runCall = (redis: Commands, { name, keys, args }: Call): Promise<unknown> =>
  redis.call('FCALL', name, keys.length, ...keys, ...args)
