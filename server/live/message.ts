import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { asBytes } from './bytes.ts'

/**
 * One segment of a frame: an update as Redis published it, or a resync. `text` is its JSON as bytes in a string
 * (latin1), which goes to clients as it is; `after` is the number that it follows, -1 where it follows nothing (a
 * resync).
 */
export type Message = Cursor & { topic: Topic; after: number; text: string }

const TOPIC = '{"topic":"'
const EPOCH = '","epoch":"'
const SEQ = '","seq":'
const AFTER = ',"after":'

/**
 * Reads an update's epoch and number without parsing it: the function library always writes
 * `{"topic":...,"epoch":...,"seq":...` in this order. Returns null where the text is no such update. `epoch`: the
 * likely one; to compare the same string later costs nothing, while a piece of the text is compared letter by letter.
 * `name`: the topic as bytes; whoever reads many keeps it.
 */
export const readMessage = (topic: Topic, text: string, epoch = '', name = asBytes(topic)): Message | null => {
  const topicEnd = TOPIC.length + name.length
  const epochStart = topicEnd + EPOCH.length
  const epochEnd = text.indexOf('"', epochStart)
  const wellFormed = text.startsWith(name, TOPIC.length) && text.startsWith(EPOCH, topicEnd)
  if (!wellFormed || !text.startsWith(SEQ, epochEnd)) return null
  const isLikely = epochEnd - epochStart === epoch.length && text.startsWith(epoch, epochStart)
  const seqStart = epochEnd + SEQ.length
  const seq = numberAt(text, seqStart)
  if (!(seq > 0)) return null
  const afterStart = text.indexOf(',', seqStart)
  const after = text.startsWith(AFTER, afterStart) ? numberAt(text, afterStart + AFTER.length) : seq - 1
  return { topic, epoch: isLikely ? epoch : text.slice(epochStart, epochEnd), seq, after, text }
}

/** The same for many, in order; what is no update is left out. */
export const readMessages = (topic: Topic, texts: readonly string[]): Message[] => {
  const name = asBytes(topic)
  return texts.flatMap((text) => readMessage(topic, text, '', name) ?? [])
}

/** The whole number that starts there, no longer than any safe one; NaN where none does. */
const numberAt = (text: string, at: number): number => {
  let number = 0
  let i = at
  for (; i < at + 16; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) break
    number = number * 10 + digit
  }
  return i === at ? Number.NaN : number
}

/**
 * A message for whoever is at `seq` already: an update of several may begin before that. It must say that it follows
 * where the client is, or candles would count trades twice once it is merged.
 */
export const following = (message: Message, seq: number): Message =>
  message.after >= 0 && message.after < seq ? { ...message, after: seq } : message

/** The messages that lead from a cursor to a number of the same epoch, in order; null where one is missing. */
export const chain = (messages: readonly Message[], { epoch, seq }: Cursor, to: number): Message[] | null => {
  const links: Message[] = []
  let at = seq
  const between = messages.filter((message) => message.epoch === epoch && message.seq > seq && message.seq <= to)
  for (const message of between.sort((a, b) => a.seq - b.seq)) {
    if (message.seq === at) continue
    if (message.after > at) return null
    links.push(following(message, at))
    at = message.seq
  }
  return at < to ? null : links
}

/** A resync as a message: a topic's whole state, in the stream of its updates. `snapshot` and `at` are JSON text. */
export const resyncMessage = (topic: Topic, cursor: Cursor, at: string, snapshot: string): Message => ({
  ...cursor,
  topic,
  after: -1,
  text: `{"topic":"${asBytes(topic)}","epoch":"${cursor.epoch}","seq":${cursor.seq},"at":${at},"snapshot":${snapshot}}`,
})
