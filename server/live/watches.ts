import type { Cursor, Tuning, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { type Answered, toAnswer, toError } from './answer.ts'
import type { Budget } from './budget.ts'
import { createCatchUp } from './catch-up.ts'
import type { Demand } from './demand.ts'
import type { Outbox } from './outbox.ts'
import type { ReadResult } from './ports.ts'
import { isNews, type LastBeat } from './quiet.ts'
import { wireError } from './requests.ts'

export type Watches = {
  /**
   * Watches one topic. `answered` is called once, with what the client needs to be where the topic is. `budget`: what
   * one message may be answered with.
   */
  watch: (
    topic: Topic,
    after: Cursor | null,
    tuning: Tuning,
    answered: (result: Answered) => void,
    budget: Budget,
  ) => void
  /** Changes how a watched topic is watched; false where it is not watched. */
  tune: (topic: Topic, tuning: Tuning) => boolean
  unwatch: (topic: Topic) => boolean
  has: (topic: Topic) => boolean
  topics: () => Iterable<Topic>
  size: () => number
  /** Lets go of all topics but remembers where the client is in them: it fell behind. */
  letGo: (sent: Map<Topic, Cursor>) => void
  /** Takes the topics up again from there, in the stream of updates. */
  catchUp: () => Promise<void>
  /**
   * Cursors of the topics that have been quiet since the last call, each told once. A topic that moves tells of a loss
   * by its next update; the loss of a last one shows only so.
   */
  quiet: () => Record<string, Cursor>
  close: () => void
}

/** A watched topic. While it is not `answered`, only the answer will say where the client is in it. */
type Watched = { answered: boolean; lastBeat: LastBeat }

/**
 * One client's set of watched topics. `missing` says what to tell of a topic that does not exist, `later` calls
 * something in so many milliseconds.
 */
export const createWatches = (
  demand: Demand,
  outbox: Outbox,
  missing: (topic: Topic) => WireError,
  later: (run: () => unknown, ms: number) => void,
): Watches => {
  const watched = new Map<Topic, Watched>()
  const catchUp = createCatchUp(demand, outbox, later)

  const forget = (topic: Topic): boolean => {
    catchUp.forget(topic)
    return watched.delete(topic)
  }

  const watch: Watches['watch'] = (topic, after, tuning, answered, budget) => {
    // Asked again, the answer says all. What still waits may be older, and merged with newer it would fit nowhere.
    if (forget(topic)) outbox.forget(topic)
    watched.set(topic, { answered: false, lastBeat: { at: null, told: false } })
    outbox.tune(topic, tuning)
    demand.leave(topic, outbox)
    // So it stays where Redis cannot be asked: the client asks again.
    let answer = toError(topic, wireError('unavailable'))
    const use = (result: ReadResult): boolean => {
      const own = watched.get(topic)
      if (own === undefined) return false
      if (result.kind === 'missing') {
        answer = toError(topic, missing(topic))
        return false
      }
      answer = toAnswer(topic, result)
      own.answered = true
      return catchUp.arrive(topic, result.cursor)
    }
    const done = (): void => {
      if (answer.kind === 'error') forget(topic)
      answered(answer)
    }
    // A cursor of a topic that did not exist is as good as none: whoever lost an answer asks so for the whole state.
    demand.join(topic, outbox, after?.epoch ? after : null, { budget, use, done })
  }

  return {
    watch,
    tune: (topic, tuning) => {
      if (!watched.has(topic)) return false
      outbox.tune(topic, tuning)
      return true
    },
    unwatch: (topic) => {
      demand.leave(topic, outbox)
      outbox.forget(topic)
      return forget(topic)
    },
    has: (topic) => watched.has(topic),
    topics: () => watched.keys(),
    size: () => watched.size,
    letGo: (sent) => {
      for (const [topic, { answered }] of watched) {
        if (answered) catchUp.letGo(topic, sent.get(topic))
        demand.leave(topic, outbox)
      }
    },
    catchUp: catchUp.run,
    quiet: () => {
      const cursors: Record<string, Cursor> = {}
      for (const [topic, { answered, lastBeat }] of watched) {
        const at = demand.position(topic)
        if (!isNews(lastBeat, at) || !answered || catchUp.waits(topic) || outbox.holds(topic)) continue
        lastBeat.told = true
        cursors[topic] = at
      }
      return cursors
    },
    close: () => {
      for (const topic of watched.keys()) demand.leave(topic, outbox)
      watched.clear()
      catchUp.close()
    },
  }
}
