import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'

/**
 * One segment of a frame: an update as Redis published it, or a resync. `text` is its JSON as bytes in a string (latin1), which
 * goes to clients as it is; `after` is the number that it follows, -1 where it follows nothing (a resync).
 */
export type Message = Cursor & { topic: Topic; after: number; text: string }

const EPOCH = '"epoch":"'
const SEQ = '"seq":'
const AFTER = ',"after":'

/**
 * Reads where an update stands, without parsing it: the function library writes `{"topic":...,"epoch":...,"seq":...` always in
 * this order. Null where the text is no such update.
 */
export const readMessage = (topic: Topic, text: string): Message | null => {
  const epochAt = text.indexOf(EPOCH, topic.length + 11)
  if (epochAt !== topic.length + 13 || !text.startsWith(topic, 10)) return null
  const epochStart = epochAt + EPOCH.length
  const epochEnd = text.indexOf('"', epochStart)
  const seqStart = epochEnd + 2 + SEQ.length
  if (epochEnd < 0 || !text.startsWith(SEQ, epochEnd + 2)) return null
  const seq = Number.parseInt(text.slice(seqStart, seqStart + 16), 10)
  if (!(seq > 0)) return null
  const afterAt = seqStart + String(seq).length
  const after = text.startsWith(AFTER, afterAt)
    ? Number.parseInt(text.slice(afterAt + AFTER.length, afterAt + AFTER.length + 16), 10)
    : seq - 1
  return { topic, epoch: text.slice(epochStart, epochEnd), seq, after, text }
}

/** A resync as a message: the whole state of a topic, in the stream of its updates. `snapshot` and `at` are JSON text. */
export const resyncMessage = (topic: Topic, cursor: Cursor, at: string, snapshot: string): Message => ({
  ...cursor,
  topic,
  after: -1,
  text: `{"topic":"${topic}","epoch":"${cursor.epoch}","seq":${cursor.seq},"at":${at},"snapshot":${snapshot}}`,
})
