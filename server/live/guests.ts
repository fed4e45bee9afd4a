import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Demand } from './demand.ts'
import type { Message } from './message.ts'
import type { ReadResult } from './ports.ts'
import type { Watcher } from './watcher.ts'

/** What guests get in place of a topic's texts (JSON as bytes): of an update, which keeps its head, and of a state. */
export type ForGuests = { update: (text: string) => string; state: (text: string) => string }

/** What guests get of topics that they see a part of only. */
export type Guests = {
  /** A message for guests, made once for all of them, so that their frames can be shared. */
  message: (message: Message) => Message
  result: (topic: Topic, result: ReadResult) => ReadResult
}

const SNAPSHOT = ',"snapshot":'

/** `of`: how the texts of a topic are made; null where guests see all of it. */
export const createGuests = (of: (topic: Topic) => ForGuests | null): Guests => {
  const made = new WeakMap<Message, Message>()
  return {
    message: (message) => {
      const texts = of(message.topic)
      if (texts === null) return message
      const found = made.get(message)
      if (found) return found
      const text = message.after < 0 ? resyncFor(texts, message.text) : texts.update(message.text)
      const own = text === message.text ? message : { ...message, text }
      made.set(message, own)
      return own
    },
    result: (topic, result) => {
      const texts = of(topic)
      if (texts === null) return result
      if (result.kind === 'replay') return { ...result, updates: result.updates.map(texts.update) }
      return result.kind === 'snapshot' ? { ...result, snapshot: texts.state(result.snapshot) } : result
    },
  }
}

/** A resync has its state last. */
const resyncFor = ({ state }: ForGuests, text: string): string => {
  const start = text.indexOf(SNAPSHOT) + SNAPSHOT.length
  return `${text.slice(0, start)}${state(text.slice(start, -1))}}`
}

export type GuestPorts = { demand: Demand; guests: Guests; faults: Faults }

/**
 * The topics as one guest watches them: all that it gets of them is made for guests first. Others watch the topics
 * themselves, so that nothing of this costs them anything. `end` ends the guest's connection; `id`: the guest's name
 * where a fault is told.
 */
export const demandOfGuest = (
  { demand, guests, faults }: GuestPorts,
  outbox: Watcher,
  end: () => void,
  id: string,
): Demand => {
  const push = (message: Message): void => outbox.push(guests.message(message))
  const watcher: Watcher = {
    push: faults.guard('client.push', push, end, id),
    gap: (gap) => outbox.gap(gap),
  }
  return {
    ...demand,
    join: (topic, _outbox, after, joining) => {
      const use = (result: ReadResult): boolean => joining.use(guests.result(topic, result))
      demand.join(topic, watcher, after, { ...joining, use })
    },
    leave: (topic) => demand.leave(topic, watcher),
    position: (topic, own) => demand.position(topic, own && watcher),
  }
}
