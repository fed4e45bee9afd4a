import type { Update, UpdateBody } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { parseBytes, toBytes } from './bytes.ts'
import type { Message } from './message.ts'

/** How updates of a topic become one: what each kind of topic knows. */
export type Merge = (topic: Topic, updates: readonly UpdateBody[]) => UpdateBody
export type Conflate = (messages: readonly Message[]) => readonly Message[]

/**
 * Messages of one topic, in order, as few as can be: a resync makes all before it needless, and updates become one. Clients at the
 * same pace conflate the same messages: that is done once for all of them.
 */
export const createConflate = (merge: Merge): Conflate => {
  const made = new WeakMap<Message, Map<Message, readonly Message[]>>()
  return (messages) => {
    const [first] = messages
    const last = messages.at(-1)
    if (first === undefined || last === undefined || messages.length === 1) return messages
    const before = made.get(last) ?? new Map<Message, readonly Message[]>()
    made.set(last, before)
    const known = before.get(first)
    if (known) return known
    const conflated = conflate(merge, messages)
    before.set(first, conflated)
    return conflated
  }
}

const conflate = (merge: Merge, messages: readonly Message[]): readonly Message[] => {
  const resync = messages.findLastIndex(({ after }) => after < 0)
  const state = messages.slice(Math.max(resync, 0), resync + 1)
  const updates = messages.slice(resync + 1)
  return [...state, ...mergeUpdates(merge, updates)]
}

/** A forged message may begin like an update and go on as anything: then all stay as they came. */
const parsed = (messages: readonly Message[]): Update[] | null => {
  try {
    return messages.map(({ text }) => parseBytes<Update>(text))
  } catch {
    return null
  }
}

const mergeUpdates = (merge: Merge, messages: readonly Message[]): readonly Message[] => {
  const updates = messages.length < 2 ? null : parsed(messages)
  if (updates === null) return messages
  const { topic, epoch, seq } = messages.at(-1) as Message
  const after = messages[0]?.after ?? seq - 1
  const text = toBytes({ topic, epoch, seq, after, at: updates.at(-1)?.at, ...merge(topic, updates) })
  return [{ topic, epoch, seq, after, text }]
}
