import type { Cursor } from '../../wire/protocol.ts'
import { chain, type Message } from './message.ts'
import type { ReadResult } from './ports.ts'

/**
 * The last updates that a topic passed on, one after the other. Whoever comes back after a moment gets what it missed from here: when a
 * node was restarted, thousands come within seconds, each with hundreds of topics, and Redis would be asked for every one.
 */
export type Tail = {
  /** Adds what was passed on; a resync begins anew. */
  add: (message: Message) => void
  /** What leads from a cursor to where the topic stands; null where that is not all here. */
  since: (after: Cursor, at: Cursor) => ReadResult | null
}

const MOST = 32
const MOST_BYTES = 16 * 1024

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
      while (messages.length > MOST || bytes > MOST_BYTES) bytes -= messages.shift()?.text.length ?? 0
    },
    since: (after, at) => {
      if (after.epoch === '' || after.epoch !== at.epoch || after.seq > at.seq) return null
      const missed = chain(messages, after, at.seq)
      if (missed?.length === 0) return { kind: 'current', at: '0', cursor: at }
      return missed && { kind: 'replay', at: '0', cursor: at, updates: missed.map(({ text }) => text) }
    },
  }
}
