import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { readMessage } from './message.ts'
import type { ReadResult, ReadTopic } from './ports.ts'

type Asked = { after: Cursor | null; result: ReadResult }

/**
 * Reads of one topic, one at a time. Whoever asks meanwhile waits, and the next read is for the one that stands lowest: what it
 * brings serves all the others. When thousands of clients come back at once, each with a cursor of its own, a topic is read a
 * few times, not thousands.
 */
export const createReads = (topic: Topic, read: ReadTopic): ((after: Cursor | null) => Promise<ReadResult>) => {
  const asking = new Set<{ after: Cursor | null }>()
  let underWay: Promise<Asked> | null = null

  const start = (own: Cursor | null): Promise<Asked> => {
    const after = own && lowest(own, asking)
    underWay = read(topic, after)
      .then((result) => ({ after, result }))
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  return async (after) => {
    const own = { after }
    asking.add(own)
    try {
      // A read that was under way before serves only some; the next is this one's or a lower one's.
      for (;;) {
        const served = serve(topic, await (underWay ?? start(after)), after)
        if (served) return served
      }
    } finally {
      asking.delete(own)
    }
  }
}

const lowest = (own: Cursor, asking: Iterable<{ after: Cursor | null }>): Cursor => {
  let low = own
  for (const { after } of asking) if (after && after.epoch === own.epoch && after.seq < low.seq) low = after
  return low
}

/** What a read that was asked with one cursor says to another; null where it says nothing. */
const serve = (topic: Topic, { after: asked, result }: Asked, after: Cursor | null): ReadResult | null => {
  if (result.kind === 'missing' || isSame(asked, after)) return result
  if (result.kind === 'snapshot') return after === null || after.epoch !== result.cursor.epoch ? result : null
  if (after === null || asked === null || after.epoch !== asked.epoch || after.seq < asked.seq) return null
  if (after.seq === result.cursor.seq) return { kind: 'current', at: result.at, cursor: result.cursor }
  if (result.kind === 'current' || after.seq > result.cursor.seq) return null
  const updates = result.updates.filter((text) => (readMessage(topic, text)?.seq ?? 0) > after.seq)
  return { ...result, updates }
}

const isSame = (a: Cursor | null, b: Cursor | null): boolean => a?.epoch === b?.epoch && a?.seq === b?.seq
