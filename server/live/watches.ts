import type { Cursor, Snapshot, Tuning, Update, WatchResult, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { parseBytes } from './bytes.ts'
import type { Demand } from './demand.ts'
import { readMessage, resyncMessage } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { ReadResult } from './ports.ts'
import { wireError } from './requests.ts'

export type Watches = {
  /** Watches one topic and answers what the client needs to be where the topic is. Never rejects. */
  watch: (topic: Topic, after: Cursor | null, tuning: Tuning) => Promise<WatchResult>
  /** Changes how a watched topic is watched; false where it is not watched. */
  tune: (topic: Topic, tuning: Tuning) => boolean
  unwatch: (topic: Topic) => boolean
  has: (topic: Topic) => boolean
  topics: () => Iterable<Topic>
  size: () => number
  /** Lets go of all topics but remembers where the client stands in them: it fell behind. */
  letGo: (sent: Map<Topic, Cursor>) => void
  /** Takes the topics up again from there, in the stream of updates. */
  catchUp: () => Promise<void>
  /** Cursors of the topics that moved since the last call. */
  moved: () => Record<string, Cursor>
  close: () => void
}

const RETRY_MS = 1000

/** One client's set of watched topics. `missing` says what to tell of a topic that does not exist. */
export const createWatches = (demand: Demand, outbox: Outbox, missing: (topic: Topic) => WireError): Watches => {
  /** With the cursor that the last heartbeat told. */
  const wanted = new Map<Topic, Cursor | null>()
  /** Topics that must be taken up again, and where the client stands in them; null: nowhere. */
  let letGoAt = new Map<Topic, Cursor | null>()

  const join = (topic: Topic, after: Cursor | null, use: (result: ReadResult) => boolean): Promise<void> =>
    demand.join(topic, outbox, after, (result) => wanted.has(topic) && use(result))

  const rejoin = async (topic: Topic, after: Cursor | null): Promise<void> => {
    await join(topic, after, (result) => {
      if (result.kind === 'replay') {
        for (const message of result.updates.map((text) => readMessage(topic, text))) if (message) outbox.push(message)
      } else if (result.kind === 'snapshot') {
        if (after) outbox.gap({ topic, from: after.seq + 1, to: result.cursor.seq, reason: 'slow' })
        outbox.push(resyncMessage(topic, result.cursor, result.at, result.snapshot))
      }
      return true
    })
  }

  const catchUp = async (): Promise<void> => {
    const cursors = letGoAt
    letGoAt = new Map()
    const takenUp = await Promise.allSettled([...cursors].map(([topic, after]) => rejoin(topic, after)))
    for (const [i, [topic, after]] of [...cursors].entries())
      if (takenUp[i]?.status === 'rejected' && wanted.has(topic)) letGoAt.set(topic, after)
    if (letGoAt.size > 0 && !outbox.behind()) setTimeout(catchUp, RETRY_MS * (1 + Math.random())).unref()
  }

  return {
    watch: async (topic, after, tuning) => {
      wanted.set(topic, null)
      outbox.tune(topic, tuning)
      let answer: WatchResult = { topic, kind: 'error', error: wireError('unavailable') }
      demand.leave(topic, outbox)
      try {
        // A cursor of a topic that did not exist is as good as none: whoever lost an answer asks so for the whole state.
        await join(topic, after?.epoch ? after : null, (result) => {
          answer = toAnswer(topic, result, missing)
          if (answer.kind !== 'error' && outbox.behind()) letGoAt.set(topic, answer.cursor)
          return answer.kind !== 'error' && !outbox.behind()
        })
      } catch {
        // Redis cannot be asked: the client is told `unavailable` and asks again.
      }
      if (answer.kind === 'error') wanted.delete(topic)
      return answer
    },
    tune: (topic, tuning) => {
      if (!wanted.has(topic)) return false
      outbox.tune(topic, tuning)
      return true
    },
    unwatch: (topic) => {
      demand.leave(topic, outbox)
      outbox.forget(topic)
      letGoAt.delete(topic)
      return wanted.delete(topic)
    },
    has: (topic) => wanted.has(topic),
    topics: () => wanted.keys(),
    size: () => wanted.size,
    letGo: (sent) => {
      letGoAt = new Map()
      for (const topic of wanted.keys()) {
        letGoAt.set(topic, sent.get(topic) ?? demand.position(topic))
        demand.leave(topic, outbox)
      }
    },
    catchUp,
    moved: () => {
      const cursors: Record<string, Cursor> = {}
      for (const [topic, told] of wanted) {
        const at = demand.position(topic)
        if (
          at === null ||
          letGoAt.has(topic) ||
          outbox.holds(topic) ||
          (told?.seq === at.seq && told.epoch === at.epoch)
        )
          continue
        cursors[topic] = at
        wanted.set(topic, at)
      }
      return cursors
    },
    close: () => {
      for (const topic of wanted.keys()) demand.leave(topic, outbox)
      wanted.clear()
    },
  }
}

const toAnswer = (topic: Topic, result: ReadResult, missing: (topic: Topic) => WireError): WatchResult => {
  switch (result.kind) {
    case 'missing':
      return { topic, kind: 'error', error: missing(topic) }
    case 'current':
      return { topic, kind: 'current', cursor: result.cursor }
    case 'replay':
      return {
        topic,
        kind: 'replay',
        cursor: result.cursor,
        updates: parseBytes<Update[]>(`[${result.updates.join(',')}]`),
      }
    case 'snapshot':
      return { topic, kind: 'snapshot', cursor: result.cursor, snapshot: parseBytes<Snapshot>(result.snapshot) }
  }
}
