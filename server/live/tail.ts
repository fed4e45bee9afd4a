import type { Cursor } from '../../wire/protocol.ts'
import type { Message } from './message.ts'
import type { ReadResult } from './ports.ts'

/**
 * The last updates that a topic passed on, in order. Who comes back after a moment gets what it missed from here: after
 * a node's restart thousands come within seconds, each with hundreds of topics, and Redis would be asked for every one.
 */
export type Tail = {
  /** Adds what was passed on; a resync begins anew. */
  add: (message: Message) => void
  /** What leads from a cursor to where the topic is; null where that is not all here. */
  since: (after: Cursor, at: Cursor) => ReadResult | null
}

/** Over one of these the older half goes, which costs less than one at a time. */
const MOST = 48
const MOST_BYTES = 24 * 1024

export const createTail = (): Tail => {
  let messages: Message[] = []
  let bytes = 0
  return {
    add: (message) => {
      if (message.after < 0) {
        messages = []
        bytes = 0
        return
      }
      bytes += message.text.length
      messages.push(message)
      while (messages.length > MOST || bytes > MOST_BYTES)
        for (const { text } of messages.splice(0, Math.ceil(messages.length / 2))) bytes -= text.length
    },
    since: (after, at) => {
      if (after.epoch === '' || after.epoch !== at.epoch || after.seq > at.seq) return null
      if (after.seq === at.seq) return { kind: 'current', at: '0', cursor: at }
      const from = firstAfter(messages, after, at.seq)
      if (from === null) return null
      return { kind: 'replay', at: '0', cursor: at, updates: messages.slice(from).map(({ text }) => text) }
    },
  }
}

/**
 * The index of the first update after a cursor; null where one on the way to `to` is missing. Searched from the end.
 */
const firstAfter = (messages: readonly Message[], { epoch, seq }: Cursor, to: number): number | null => {
  let from = messages.length
  for (let at = to; at > seq; from--) {
    const message = messages[from - 1]
    if (message?.epoch !== epoch || message.seq < at) return null
    at = Math.min(at, message.after)
  }
  return from
}
