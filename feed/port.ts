import { Cluster, type Redis } from 'ioredis'
import { connectAnew } from '../redis/connect-anew.ts'
import type { Call } from '../wire/calls.ts'
import { clusterPort } from './cluster-port.ts'
import { callTogether, isTimeout } from './pipeline.ts'

/** All that the publisher needs of Redis. */
export type Port = {
  /**
   * Runs calls in order, and answers one reply a call, an `Error` for a call that failed. Never rejects. A call that failed may have been
   * carried out all the same.
   */
  run: (calls: readonly Call[]) => Promise<unknown[]>
  /** Calls, each by its place, that go to the same server: run apart, none waits for a server that hangs but those that go to it. */
  groups: (calls: readonly Call[]) => number[][]
}

/** The items at these places. */
export const pick = <Item>(items: readonly Item[], places: readonly number[]): Item[] =>
  places.map((place) => items[place] as Item)

/** Answers of a server that takes no writes, though another one may by now: whoever connects anew is led there. */
const WRONG_SERVER = /^(READONLY|MASTERDOWN|NOREPLICAS)/

const leadsNowhere = (reply: unknown): boolean =>
  reply instanceof Error && (isTimeout(reply) || WRONG_SERVER.test(reply.message))

/** The port of one server at a time. A connection is dropped for a new one where a call timed out, or its server is no primary. */
const serverPort = (redis: Pick<Redis, 'pipeline' | 'disconnect' | 'status'>): Port => ({
  run: async (calls) => {
    const replies = await callTogether(redis, calls)
    if (replies.some(leadsNowhere)) connectAnew(redis)
    return replies
  },
  groups: (calls) => (calls.length > 0 ? [calls.map((_, place) => place)] : []),
})

/** A port that sends all calls in one pipeline; on a Cluster, in one to each server that holds some of their keys. */
export const redisPort = (redis: Pick<Redis, 'pipeline' | 'disconnect' | 'status'> | Cluster): Port =>
  redis instanceof Cluster ? clusterPort(redis) : serverPort(redis)
