import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createBudget } from './budget.ts'
import type { Demand } from './demand.ts'
import { following, readMessages, resyncMessage } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { ReadResult } from './ports.ts'

/** The topics of one client that were let go because it fell behind, until it has caught up with them. */
export type CatchUp = {
  /** Lets go of a topic, and remembers where the client is in it; `sent`: where it is by what it was sent. */
  letGo: (topic: Topic, sent: Cursor | undefined) => void
  /**
   * The client was given a topic up to a cursor. Returns whether it may join there: it may have fallen behind with just
   * that, and then the topic is taken up later.
   */
  arrive: (topic: Topic, at: Cursor) => boolean
  /** Whether a topic waits to be taken up again. */
  waits: (topic: Topic) => boolean
  /** Takes the topics up again, in the stream of updates. */
  run: () => Promise<void>
  /** The client no longer watches a topic, or asked for it itself. */
  forget: (topic: Topic) => void
  close: () => void
}

type State = Omit<Extract<ReadResult, { kind: 'snapshot' }>, 'kind'>

const RETRY_MS = 1000
const AGAIN_MS = 50

/** `later` calls something in so many milliseconds. */
export const createCatchUp = (
  demand: Demand,
  outbox: Outbox,
  later: (run: () => unknown, ms: number) => void,
): CatchUp => {
  /** Topics that wait to be taken up again, and where the client is in them; null: nowhere. */
  const waiting = new Map<Topic, Cursor | null>()
  let running = false

  /** Takes a topic up again. Returns whether it was there to take. */
  const rejoin = (topic: Topic, after: Cursor | null): Promise<boolean> =>
    new Promise((resolve) => {
      let there = true
      const use = (result: ReadResult): boolean => {
        // The client asked for it itself meanwhile, or no longer watches it.
        if (waiting.get(topic) !== after) return false
        there = result.kind !== 'missing'
        give(outbox, topic, after, result, demand.empty)
        if (outbox.behind()) return false
        if (there) return waiting.delete(topic)
        if (waiting.has(topic)) waiting.set(topic, NOWHERE)
        return false
      }
      const done = (error: unknown): void => resolve(error === null && there)
      demand.join(topic, outbox, after, { budget: createBudget(outbox.room()), use, done })
    })

  /** One topic after the other, and no more at once than the client may be sent. */
  const run = async (): Promise<void> => {
    if (running) return
    running = true
    let wait = AGAIN_MS
    for (const topic of [...waiting.keys()]) {
      if (outbox.behind() || outbox.isHalfFull()) break
      const after = waiting.get(topic)
      if (after !== undefined && !(await rejoin(topic, after))) wait = RETRY_MS * (1 + Math.random())
    }
    running = false
    if (waiting.size > 0 && !outbox.behind()) later(run, wait)
  }

  return {
    letGo: (topic, sent) => {
      const before = waiting.get(topic)
      // What was being taken up has not reached the client: it is where it was. Only the news that a topic is gone may
      // still have to reach it.
      if (before === undefined || before?.epoch === '')
        waiting.set(topic, sent ?? before ?? demand.position(topic, outbox))
    },
    arrive: (topic, at) => {
      waiting.set(topic, at)
      return !outbox.behind() && waiting.delete(topic)
    },
    waits: (topic) => waiting.has(topic),
    run,
    forget: (topic) => void waiting.delete(topic),
    close: () => waiting.clear(),
  }
}

/** Gives a client, in the stream of updates, what Redis has after its cursor. */
const give = (
  outbox: Outbox,
  topic: Topic,
  after: Cursor | null,
  result: ReadResult,
  empty: (topic: Topic) => string,
): void => {
  if (result.kind === 'replay')
    for (const message of readMessages(topic, result.updates)) outbox.push(following(message, after?.seq ?? 0))
  if (result.kind === 'snapshot') giveState(outbox, topic, after, result)
  // The topic is no more: the client gets the empty state, once.
  if (result.kind === 'missing' && !(after?.epoch === '' && after.seq === 0))
    giveState(outbox, topic, after, { cursor: NOWHERE, at: '0', snapshot: empty(topic) })
}

/** Gives a topic's state anew, in place of what the client missed. */
const giveState = (outbox: Outbox, topic: Topic, after: Cursor | null, { cursor, at, snapshot }: State): void => {
  const reason = after?.epoch === cursor.epoch && after.seq <= cursor.seq ? 'slow' : 'epoch'
  // Below zero it is before a resync that it was not sent.
  if (after) outbox.gap({ topic, from: Math.max(after.seq, 0) + 1, to: cursor.seq, reason })
  outbox.push(resyncMessage(topic, cursor, at, snapshot))
}
