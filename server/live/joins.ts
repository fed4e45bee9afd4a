import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Budget } from './budget.ts'
import { chain, type Message, readMessages } from './message.ts'
import type { ReadResult } from './ports.ts'
import type { SharedReads } from './shared-reads.ts'
import type { Stream } from './stream.ts'
import type { Joining, Watcher } from './watcher.ts'

/** Joins a watcher to a topic that is subscribed. `done` is called once, last of all. */
export type Join = (watcher: Watcher, after: Cursor | null, joining: Joining, done: (error: unknown) => void) => void

/**
 * How watchers join a topic: each gets what came after its cursor, from memory or from Redis, and from then on what the
 * topic passes on. `recover`: brings the topic to where Redis is.
 */
export const createJoin = (topic: Topic, stream: Stream, reads: SharedReads, recover: () => void): Join => {
  const { audience, tail } = stream

  /** What a client missed, where this node knows it: there is nothing to read then. */
  const known = (after: Cursor | null): ReadResult | null =>
    stream.phase === 'live' && stream.position !== null && after !== null ? tail.since(after, stream.position) : null

  /** What was passed on since a state was read; null where not all of that is here, or the state is of another life. */
  const lacking = ({ epoch, seq }: Cursor): Message[] | null => {
    const { position } = stream
    if (position === null || (epoch !== '' && epoch !== position.epoch)) return null
    return seq < position.seq ? chain(reads.meanwhile(), { epoch: position.epoch, seq }, position.seq) : []
  }

  /**
   * Whether a watcher with this result can go on from where the topic is. Either may be older than the other: reads are
   * shared.
   */
  const leadsHere = (result: ReadResult): boolean => {
    if (stream.position === null) return true
    if (result.kind === 'missing') return stream.position.epoch === ''
    stream.begin(result.cursor)
    return lacking(result.cursor) !== null
  }

  /** Adds a watcher that has what came up to a cursor. */
  const attach = (watcher: Watcher, result: Exclude<ReadResult, { kind: 'missing' }>): void => {
    // First of all, for it may leave while it is given something.
    audience.add(watcher)
    const at = result.cursor
    if (stream.position === null) {
      // Whoever else comes back will lack the same.
      if (result.kind === 'replay') for (const message of readMessages(topic, result.updates)) tail.add(message)
      stream.position = at
      for (const message of reads.meanwhile()) stream.pass(message)
      return
    }
    for (const message of lacking(at) ?? []) watcher.push(message)
    if (at.seq > stream.position.seq) audience.goAhead(watcher, at)
  }

  const join: Join = (watcher, after, joining, done) => {
    const here = known(after)
    const use = (result: ReadResult): void => {
      if (here === null && !leadsHere(result)) {
        // The topic is brought to where Redis is, and then this is read again rather than mixed.
        recover()
        join(watcher, after, joining, done)
      } else if (after !== null && isTooLong(result, joining.budget)) join(watcher, null, joining, done)
      else {
        if (joining.use(result) && result.kind !== 'missing') attach(watcher, result)
        done(null)
      }
    }
    if (here === null) reads.ask({ after, use, fail: done })
    else use(here)
  }
  return join
}

const isTooLong = (result: ReadResult, budget: Budget): boolean =>
  result.kind === 'replay' && !budget.spend(result.updates.reduce((sum, { length }) => sum + length, 0))
