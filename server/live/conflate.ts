import type { Update } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import { parseBytes, toBytes } from './bytes.ts'
import type { Message } from './message.ts'

/** How updates of a topic become one: what each kind of topic knows. */
export type Merge = (topic: Topic, updates: readonly object[]) => object
export type Conflate = (messages: readonly Message[]) => readonly Message[]

/**
 * Makes as few messages of one topic's as possible, in order: a resync replaces all before it, and updates become one.
 * Clients at the same pace conflate the same messages, which is done once for all of them. Where that fails the
 * messages stay as they came, and `spoil` is called: the topic needs a state that is right.
 */
export const createConflate = (merge: Merge, faults: Faults, spoil: (topic: Topic) => void): Conflate => {
  const conflate = (messages: readonly Message[], topic: Topic): readonly Message[] => {
    try {
      faults.inject?.('topic.conflate', topic)
      return conflateAll(merge, messages)
    } catch (error) {
      faults.caught('topic.conflate', error, topic)
      spoil(topic)
      return messages
    }
  }
  const made = new WeakMap<Message, Map<Message, readonly Message[]>>()
  return (messages) => {
    const [first] = messages
    const last = messages.at(-1)
    if (first === undefined || last === undefined || messages.length === 1) return messages
    const before = made.get(last) ?? new Map<Message, readonly Message[]>()
    made.set(last, before)
    const known = before.get(first)
    if (known) return known
    const conflated = conflate(messages, last.topic)
    before.set(first, conflated)
    return conflated
  }
}

const conflateAll = (merge: Merge, messages: readonly Message[]): readonly Message[] => {
  const resync = messages.findLastIndex(({ after }) => after < 0)
  const state = messages.slice(Math.max(resync, 0), resync + 1)
  const updates = messages.slice(resync + 1)
  return [...state, ...mergeUpdates(merge, updates)]
}

const mergeUpdates = (merge: Merge, messages: readonly Message[]): readonly Message[] => {
  if (messages.length < 2) return messages
  const updates = messages.map(({ text }) => parseBytes<Update>(text))
  const { topic, epoch, seq } = messages.at(-1) as Message
  const after = messages[0]?.after ?? seq - 1
  const text = toBytes({ topic, epoch, seq, after, at: updates.at(-1)?.at, ...merge(topic, updates) })
  return [{ topic, epoch, seq, after, text }]
}
