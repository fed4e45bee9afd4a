import { isSameCursor } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import { type Message, readMessages } from './message.ts'
import type { ReadResult, ReadTopic } from './ports.ts'

/**
 * Wants to know what came after a cursor. `use` gets it; `fail` is called where Redis cannot be asked or `use` throws.
 */
export type Asker = { after: Cursor | null; use: (result: ReadResult) => void; fail: (error: unknown) => void }

export type SharedReads = {
  /** Asks what came after a cursor. A read that is under way may serve it, though Redis may have done that already. */
  ask: (asker: Asker) => void
  /** The same, but the result has all that was published before now. */
  askAnew: (asker: Asker) => void
  /** A message came; it is kept while a read is under way. */
  heard: (message: Message) => void
  /** What came since the read began whose result is being used: all that the result does not hold is among it. */
  meanwhile: () => readonly Message[]
}

/** Messages kept while a read is under way; beyond this the oldest go, and the hole is filled like any other. */
const MOST_KEPT = 2000

/**
 * Reads of one topic, one at a time, shared by all who ask. Each is for the asker with the lowest cursor: its result
 * serves all the others. When thousands of clients come back at once, each with a cursor of its own, a topic is read a
 * few times, not thousands. Calls instead of promises, for there are so many of them just then.
 */
export const createSharedReads = (topic: Topic, read: ReadTopic, faults: Faults): SharedReads => {
  /** Who the read under way serves; null without one, and while its result is used: who asks then gets the next one. */
  let asking: Asker[] | null = null
  let waiting: Asker[] = []
  /** Who is above what Redis said: a read for one below them says nothing to them, however often it is done. */
  let above: Asker[] = []
  let busy = false
  let kept: Message[] = []

  const start = (): void => {
    kept = []
    const isAbove = above.length > 0
    const askers = isAbove ? above : waiting
    const [first] = askers
    busy = first !== undefined
    if (!first) return
    asking = askers
    if (isAbove) above = []
    else waiting = []
    const after = isAbove ? first.after : first.after && lowest(first.after, askers)
    const use = faults.guard('topic.read', (result: ReadResult) => finish(after, result), fail, topic)
    const lack = faults.guard('topic.read', fail, fail, topic)
    ask(after).then(use, lack)
  }

  /** Rejects where `read` throws. */
  const ask = async (after: Cursor | null): Promise<ReadResult> => read(topic, after)

  const takeAsking = (): Asker[] => {
    const askers = asking ?? []
    asking = null
    return askers
  }

  const finish = (asked: Cursor | null, result: ReadResult): void => {
    for (const asker of takeAsking()) {
      giveTo(asker, asked, result)
    }
    start()
  }

  const giveTo = (asker: Asker, asked: Cursor | null, result: ReadResult): void => {
    try {
      const served = serve(topic, asked, result, asker.after)
      if (served) asker.use(served)
      else if (isAhead(asker.after, result)) above.push(asker)
      else waiting.push(asker)
    } catch (error) {
      faults.caught('topic.read', error, topic)
      failTo(asker, error, topic, faults)
    }
  }

  const fail = (error: unknown): void => {
    for (const asker of takeAsking()) failTo(asker, error, topic, faults)
    start()
  }

  const askAnew = (asker: Asker): void => {
    waiting.push(asker)
    if (!busy) start()
  }

  return {
    ask: (asker) => {
      if (asking) asking.push(asker)
      else askAnew(asker)
    },
    askAnew,
    heard: (message) => {
      if (busy && kept.push(message) > MOST_KEPT) kept.shift()
    },
    meanwhile: () => kept,
  }
}

/** Its own fault, thrown as it hears of this one, is counted too. */
const failTo = (asker: Asker, error: unknown, topic: Topic, faults: Faults): void => {
  try {
    asker.fail(error)
  } catch (again) {
    faults.caught('topic.read', again, topic)
  }
}

const lowest = (own: Cursor, asking: Iterable<Asker>): Cursor => {
  let low = own
  for (const { after } of asking) if (after && after.epoch === own.epoch && after.seq < low.seq) low = after
  return low
}

/** What a read that was asked with one cursor says to another; null where it says nothing. */
const serve = (topic: Topic, asked: Cursor | null, result: ReadResult, after: Cursor | null): ReadResult | null => {
  if (result.kind === 'missing' || isSameCursor(asked, after)) return result
  if (result.kind === 'snapshot') return after === null || after.epoch !== result.cursor.epoch ? result : null
  if (after === null || asked === null || after.epoch !== asked.epoch || after.seq < asked.seq) return null
  if (after.seq === result.cursor.seq) return { kind: 'current', at: result.at, cursor: result.cursor }
  if (result.kind === 'current' || after.seq > result.cursor.seq) return null
  const since = readMessages(topic, result.updates).filter(({ seq }) => seq > after.seq)
  return { ...result, updates: since.map(({ text }) => text) }
}

const isAhead = (after: Cursor | null, result: ReadResult): boolean =>
  after !== null && result.kind !== 'missing' && after.epoch === result.cursor.epoch && after.seq > result.cursor.seq
