import type { Author, Message, RoomSnapshot, RoomUpdate } from '../rooms.ts'
import type { Kind } from './kind.ts'

const empty: RoomSnapshot = { count: 0, messages: [] }

/** Each message as it is last, in order, and who wrote last. */
const conflateRoom = (updates: readonly RoomUpdate[]): RoomUpdate => {
  const messages = new Map<number, Message>()
  const typing = new Map<string, Author>()
  for (const update of updates) {
    for (const message of update.messages ?? []) messages.set(message.n, message)
    for (const author of update.typing ?? []) typing.set(author.id, author)
  }
  return {
    ...(messages.size > 0 && { messages: [...messages.values()].sort((a, b) => a.n - b.n) }),
    ...(typing.size > 0 && { typing: [...typing.values()] }),
  }
}

/** Where people write: `m:desk`; of a symbol or a device, `m:s:AAPL` and `m:d:BUS-1`. */
export const room = {
  letter: 'm',
  id: 'name',
  parts: ['log', 'messages', 'said'],
  empty,
  conflate: conflateRoom,
  byName: true,
  missing: null,
} as const satisfies Kind
