import { isAnswer } from '../redis/errors.ts'

/**
 * What to do about a call that failed: wait and send it again, or give the batch up, since it would fail every time.
 */
export type Failure = { kind: 'wait'; reason: string } | { kind: 'refused'; reason: string }

/** Replies of a Redis that will do better later, or once someone helps, and what to say meanwhile. */
const WAITS: readonly (readonly [RegExp, string])[] = [
  [/function not found/i, 'no server node has installed the function library yet: start one (npm start)'],
  [/^LOADING/, 'Redis is loading its data'],
  [/^READONLY/, 'Redis is a replica: it takes no writes until it is promoted, or REDIS_URL names the primary'],
  [/^MASTERDOWN/, 'Redis has lost its primary'],
  [/^CLUSTERDOWN|^TRYAGAIN|^MOVED|^ASK/, 'the Redis cluster is being changed'],
  [/^OOM/, 'Redis is out of memory: raise maxmemory or delete data'],
  [/^MISCONF/, 'Redis cannot save to disk and so takes no writes: see its log'],
  [/^NOREPLICAS/, 'Redis has too few replicas to take writes'],
  [/^BUSY/, 'Redis is busy with a long script'],
  [/^NOAUTH|^WRONGPASS/, 'Redis asks for a password: put it in REDIS_URL (redis://user:password@host:port)'],
  [/^NOPERM/, 'this Redis user may not call the functions: allow it FCALL and the keys wf:*'],
]

const UNREACHABLE = 'Redis cannot be reached. Start it, or name another one in REDIS_URL; this feed keeps trying'

/** What went wrong in words; whatever Redis itself did not say is a lost connection. */
export const classify = (error: Error): Failure => {
  if (!isAnswer(error)) return { kind: 'wait', reason: UNREACHABLE }
  const known = WAITS.find(([pattern]) => pattern.test(error.message))
  return known ? { kind: 'wait', reason: known[1] } : { kind: 'refused', reason: error.message.slice(0, 200) }
}
