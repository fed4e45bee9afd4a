import { Cluster, type Redis } from 'ioredis'
import { connectAnew } from '../redis/connect-anew.ts'
import { isNoPrimary, isTimeout } from '../redis/errors.ts'
import { callTogether } from './call-together.ts'
import { clusterPort } from './cluster-port.ts'
import type { Port } from './port.ts'

type Server = Pick<Redis, 'pipeline' | 'disconnect' | 'status'>

/**
 * The port of one server at a time. A connection is dropped for a new one where a call timed out, or its server is no
 * primary.
 */
const serverPort = (redis: Server): Port => ({
  run: async (calls) => {
    const replies = await callTogether(redis, calls)
    if (replies.some((reply) => isTimeout(reply) || isNoPrimary(reply))) connectAnew(redis)
    return replies
  },
  groups: (calls) => (calls.length > 0 ? [calls.map((_, place) => place)] : []),
})

/** A port that sends all calls in one pipeline; on a Cluster, in one to each server that holds some of their keys. */
export const redisPort = (redis: Server | Cluster): Port =>
  redis instanceof Cluster ? clusterPort(redis) : serverPort(redis)
