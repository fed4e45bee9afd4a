import { effect, signal, untracked } from '@preact/signals'
import { topicKind } from '../../../wire/topics.ts'
import type { Desk } from './desk.ts'
import type { OutboxOptions } from './outbox.ts'
import type { DeskPerson } from './person.ts'

// A desk of the past: rooms as they were at a moment. Nobody writes in them, and nobody is there.

/** The kinds of topics that have a past. */
const KEPT = new Set(['s', 'c', 'd', 'r', 'm'])

/** Somebody as a reader: nobody by name, who only sees, and only what has a past. */
export const readerOf = ({ may, mayAny, giveName }: DeskPerson): DeskPerson => ({
  me: signal(null),
  may: (action, topic) => action === 'watch' && KEPT.has(topicKind(topic)) && may(action, topic),
  mayAny,
  giveName,
})

/** What waits to be sent is sent by the desk of now. */
export const NOTHING_KEPT: OutboxOptions['kept'] = { get: () => null, set: () => {} }

/** Reads which rooms there are once the desk is open. Returns a function that ends it. */
export const startReading = ({ look, list, people }: Desk): (() => void) =>
  effect(() => {
    if (!look.open.value) return
    untracked(() => {
      people.read()
      list.read()
    })
  })
