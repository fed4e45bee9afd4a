import type { Cursor, Tuning, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { type Answered, toAnswer, toError } from './answer.ts'
import type { Demand } from './demand.ts'
import { following, readMessages, resyncMessage } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { Joining, ReadResult } from './ports.ts'
import { wireError } from './requests.ts'

export type Watches = {
  /** Watches one topic and answers, once, what the client needs to be where the topic is. `replays`: what one message is answered with. */
  watch: (
    topic: Topic,
    after: Cursor | null,
    tuning: Tuning,
    answered: (result: Answered) => void,
    replays: Budget,
  ) => void
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
  /**
   * Cursors of the topics that have been quiet since the last call, each told once. A topic that moves tells of a loss by its next
   * update; the loss of a last one shows only so.
   */
  quiet: () => Record<string, Cursor>
  close: () => void
}

/** How many bytes may still be replayed. */
export type Budget = { left: number }

/** Where a topic stood at the last heartbeat, and whether that was told. */
type LastBeat = { at: Cursor | null; told: boolean }
type State = Omit<Extract<ReadResult, { kind: 'snapshot' }>, 'kind'>

const NOWHERE: Cursor = { epoch: '', seq: 0 }
const RETRY_MS = 1000
const AGAIN_MS = 50
/** A client gets a topic's state instead of a longer replay, in bytes: well below what may wait for it. */
const MOST_REPLAYED = 512 * 1024

const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)

/** One client's set of watched topics. `missing` says what to tell of a topic that does not exist, `later` calls something in so many ms. */
export const createWatches = (
  demand: Demand,
  outbox: Outbox,
  missing: (topic: Topic) => WireError,
  later: (run: () => unknown, ms: number) => void,
): Watches => {
  const wanted = new Map<Topic, LastBeat>()
  /** Topics that must be taken up again, and where the client stands in them; null: nowhere. */
  const letGoAt = new Map<Topic, Cursor | null>()
  let catchingUp = false
  /** Topics whose answer is under way: where the client stands in them, the answer will say. */
  const answering = new Set<Topic>()

  /** Joins with what came after the cursor, or, where that is too much to send at once, with the state. */
  const join = (topic: Topic, after: Cursor | null, replays: Budget, { answer, done }: Joining): void => {
    let tooMuch = false
    demand.join(topic, outbox, after, {
      answer: (result) => {
        const bytes = result.kind === 'replay' ? bytesOf(result.updates) : 0
        tooMuch = after !== null && bytes > Math.min(MOST_REPLAYED, replays.left)
        if (!tooMuch) replays.left -= bytes
        return wanted.has(topic) && !tooMuch && answer(result)
      },
      done: (error) => (tooMuch ? join(topic, null, replays, { answer, done }) : done(error)),
    })
  }

  /** Gives a topic's state anew, in place of what the client missed. */
  const giveState = (topic: Topic, after: Cursor | null, { cursor, at, snapshot }: State): void => {
    const reason = after?.epoch === cursor.epoch && after.seq <= cursor.seq ? 'slow' : 'epoch'
    // Below zero it stands before a resync that it was not sent.
    if (after) outbox.gap({ topic, from: Math.max(after.seq, 0) + 1, to: cursor.seq, reason })
    outbox.push(resyncMessage(topic, cursor, at, snapshot))
  }

  /** A topic that the client was in is no more: it gets the empty state once, and stands where topics begin. */
  const giveNothing = (topic: Topic, after: Cursor | null): void => {
    if (after?.epoch === '' && after.seq === 0) return
    giveState(topic, after, { cursor: NOWHERE, at: '0', snapshot: demand.empty(topic) })
    if (letGoAt.has(topic)) letGoAt.set(topic, NOWHERE)
  }

  /** The client is where the topic is, unless it fell behind with what it was just given. */
  const taken = (topic: Topic): boolean => !outbox.behind() && letGoAt.delete(topic)

  /** Takes a topic up again; answers whether it was there to take. */
  const rejoin = (topic: Topic, after: Cursor | null): Promise<boolean> =>
    new Promise((resolve) => {
      let there = true
      const answer = (result: ReadResult): boolean => {
        // The client asked for it itself meanwhile: it is where that answer says.
        if (answering.has(topic) || letGoAt.get(topic) !== after) return false
        there = result.kind !== 'missing'
        if (result.kind === 'replay')
          for (const message of readMessages(topic, result.updates)) outbox.push(following(message, after?.seq ?? 0))
        if (result.kind === 'snapshot') giveState(topic, after, result)
        if (result.kind === 'missing') giveNothing(topic, after)
        return there && taken(topic)
      }
      join(topic, after, { left: outbox.room() }, { answer, done: (error) => resolve(error === null && there) })
    })

  /** One topic after the other, each with its own cursor until it is taken up, and no more at once than the client may be sent. */
  const catchUp = async (): Promise<void> => {
    if (catchingUp) return
    catchingUp = true
    let wait = AGAIN_MS
    for (const topic of [...letGoAt.keys()]) {
      if (outbox.behind() || outbox.isHalfFull()) break
      if (!wanted.has(topic)) letGoAt.delete(topic)
      const after = letGoAt.get(topic)
      if (after !== undefined && !(await rejoin(topic, after))) wait = RETRY_MS * (1 + Math.random())
    }
    catchingUp = false
    if (letGoAt.size > 0 && !outbox.behind()) later(catchUp, wait)
  }

  return {
    watch: (topic, after, tuning, answered, replays) => {
      // Asked anew, the answer says all. What still waits may be older than that, and merged with newer would fit nowhere.
      if (wanted.has(topic)) outbox.forget(topic)
      wanted.set(topic, { at: null, told: false })
      answering.add(topic)
      outbox.tune(topic, tuning)
      demand.leave(topic, outbox)
      // So it stays where Redis cannot be asked: the client asks again.
      let given = toError(topic, wireError('unavailable'))
      const answer = (result: ReadResult): boolean => {
        if (result.kind === 'missing') {
          given = toError(topic, missing(topic))
          return false
        }
        given = toAnswer(topic, result)
        // From here on it is let go of like any other, should it be given too much at once.
        answering.delete(topic)
        letGoAt.set(topic, result.cursor)
        return taken(topic)
      }
      const done = (): void => {
        answering.delete(topic)
        if (given.kind === 'error') wanted.delete(topic)
        answered(given)
      }
      // A cursor of a topic that did not exist is as good as none: whoever lost an answer asks so for the whole state.
      join(topic, after?.epoch ? after : null, replays, { answer, done })
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
      for (const topic of wanted.keys()) {
        // What is being taken up has not reached the client: it stands where it stood. The news that it is no more may wait yet.
        const stood = letGoAt.get(topic)
        const moved = stood === undefined || stood?.epoch === ''
        if (moved && !answering.has(topic))
          letGoAt.set(topic, sent.get(topic) ?? stood ?? demand.position(topic, outbox))
        demand.leave(topic, outbox)
      }
    },
    catchUp,
    quiet: () => {
      const cursors: Record<string, Cursor> = {}
      for (const [topic, last] of wanted) {
        const at = demand.position(topic)
        const moved = at?.seq !== last.at?.seq || at?.epoch !== last.at?.epoch
        if (moved) {
          last.at = at
          last.told = false
        } else if (at && at.seq > 0 && !last.told && !letGoAt.has(topic) && !outbox.holds(topic)) {
          last.told = true
          cursors[topic] = at
        }
      }
      return cursors
    },
    close: () => {
      for (const topic of wanted.keys()) demand.leave(topic, outbox)
      wanted.clear()
      letGoAt.clear()
    },
  }
}
