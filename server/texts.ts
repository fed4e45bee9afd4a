import type { z } from 'zod'
import type { Topic } from '../wire/topics.ts'
import { serverKindOf } from './kinds/kinds.ts'
import { parseBytes } from './live/bytes.ts'
import { readMessage } from './live/message.ts'

/**
 * Whether texts are what the function library writes: they go to clients as they are, in frames with much else, and a
 * client could not read a frame of which one text is no JSON. One expression knows what the library writes (0.13 µs for
 * a trade with a quote). Only what it does not know is parsed and looked at: a newer library may say more.
 */

/** An update longer than this is none: what one call may hold is far less. In bytes. */
export const MOST_BYTES = 1024 * 1024

const parsed = (shape: z.ZodType, text: string): Record<string, unknown> | null => {
  try {
    return (shape.safeParse(parseBytes(text)).data as Record<string, unknown> | undefined) ?? null
  } catch {
    return null
  }
}

/** Whether a text (bytes) is an update of a topic whose head can be read (message.ts). */
export const isUpdate = (topic: Topic, text: string): boolean =>
  text.length <= MOST_BYTES && (serverKindOf(topic).isUpdate.test(text) || isUnknownUpdate(topic, text))

/** Of a field that stands there twice JSON takes the second: it must say the same as the head that was read. */
const isUnknownUpdate = (topic: Topic, text: string): boolean => {
  const update = parsed(serverKindOf(topic).update.shape, text)
  const message = readMessage(topic, text)
  if (update === null || message === null) return false
  const { topic: name, epoch, seq, after = Number(seq) - 1, at } = update
  const same = name === topic && epoch === message.epoch && seq === message.seq && after === message.after
  return same && typeof at === 'number' && Number.isSafeInteger(seq)
}

/** Whether a text (bytes) is the state of a topic. */
export const isSnapshot = (topic: Topic, text: string): boolean => {
  const kind = serverKindOf(topic)
  return matches(kind.isSnapshot, text) || parsed(kind.snapshot.shape, text) !== null
}

/** An expression throws where a text is too long for its stack, some 10 MB: such a text is none that it knows. */
const matches = (known: RegExp, text: string): boolean => {
  try {
    return known.test(text)
  } catch {
    return false
  }
}
