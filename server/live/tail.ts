import type { Cursor } from '../../wire/protocol.ts'
import { chain, type Message } from './message.ts'

/**
 * The last updates that a topic passed on, one after the other. Whoever comes back after a moment gets what it missed from here: when a
 * node was restarted, thousands come within seconds, each with hundreds of topics, and Redis would be asked for every one.
 */
export type Tail = {
  /** Adds what was passed on; a resync begins anew. */
  add: (message: Message) => void
  /** What came after a cursor, up to number `to`; null where that is not all here. */
  since: (after: Cursor, to: number) => Message[] | null
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
    since: (after, to) => chain(messages, after, to),
  }
}
