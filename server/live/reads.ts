import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { readMessage } from './message.ts'
import type { ReadResult, ReadTopic } from './ports.ts'

/** Someone who wants to know what came after a cursor; exactly one of the two is called, once. */
export type Asker = { after: Cursor | null; use: (result: ReadResult) => void; fail: (error: unknown) => void }

/**
 * Reads of one topic, one at a time. Whoever asks meanwhile waits, and the next read is for the one that stands lowest: what it
 * brings serves all the others. When thousands of clients come back at once, each with a cursor of its own, a topic is read a
 * few times, not thousands. Calls instead of promises, for there are so many of them just then.
 */
export const createReads = (topic: Topic, read: ReadTopic): ((asker: Asker) => void) => {
  let asking: Asker[] = []
  let underWay = false

  const start = (own: Cursor | null): void => {
    const after = own && lowest(own, asking)
    underWay = true
    read(topic, after).then((result) => finish(after, result), fail)
  }

  const finish = (after: Cursor | null, result: ReadResult): void => {
    underWay = false
    const waited = asking
    asking = []
    for (const asker of waited) {
      const served = serve(topic, after, result, asker.after)
      if (served) asker.use(served)
      else asking.push(asker)
    }
    const [next] = asking
    if (next && !underWay) start(next.after)
  }

  const fail = (error: unknown): void => {
    underWay = false
    const waited = asking
    asking = []
    for (const asker of waited) asker.fail(error)
  }

  return (asker) => {
    asking.push(asker)
    if (!underWay) start(asker.after)
  }
}

const lowest = (own: Cursor, asking: Iterable<Asker>): Cursor => {
  let low = own
  for (const { after } of asking) if (after && after.epoch === own.epoch && after.seq < low.seq) low = after
  return low
}

/** What a read that was asked with one cursor says to another; null where it says nothing. */
const serve = (topic: Topic, asked: Cursor | null, result: ReadResult, after: Cursor | null): ReadResult | null => {
  if (result.kind === 'missing' || isSame(asked, after)) return result
  if (result.kind === 'snapshot') return after === null || after.epoch !== result.cursor.epoch ? result : null
  if (after === null || asked === null || after.epoch !== asked.epoch || after.seq < asked.seq) return null
  if (after.seq === result.cursor.seq) return { kind: 'current', at: result.at, cursor: result.cursor }
  if (result.kind === 'current' || after.seq > result.cursor.seq) return null
  const updates = result.updates.filter((text) => (readMessage(topic, text)?.seq ?? 0) > after.seq)
  return { ...result, updates }
}

const isSame = (a: Cursor | null, b: Cursor | null): boolean => a?.epoch === b?.epoch && a?.seq === b?.seq
