import { z } from 'zod'
import type { room as roomKind } from '../../wire/kinds/room.ts'
import type { Message } from '../../wire/rooms.ts'
import type { ServerKind } from './kind.ts'
import { AUTHOR, authorShape, MESSAGE, messageShape } from './message.ts'
import { any, many, NUMBER, object } from './patterns.ts'
import { updateShape } from './shapes.ts'

/** Messages of a room that its state tells: those before it are asked for by page. */
const NEWEST = 50

export const room: ServerKind<typeof roomKind> = {
  library: new URL('../redis/library/rooms/', import.meta.url),
  reader: { name: 'wf1_read_room', parts: ['log', 'messages'] },
  log: 'log',
  update: {
    known: `(?:"messages":${many(MESSAGE)}|"typing":${any(AUTHOR)})`,
    shape: updateShape({ messages: z.array(messageShape).optional(), typing: z.array(authorShape).optional() }),
  },
  snapshot: {
    known: object({ count: NUMBER, messages: any(MESSAGE) }),
    shape: z.looseObject({ count: z.number(), messages: z.array(messageShape) }),
  },
  salvage: {
    fields: ['count'],
    part: { name: 'messages' },
    state: ([count], texts, readable) => {
      const read = texts.flatMap((text) => (readable(text, messageShape, 'messages') as Message | null) ?? [])
      const messages = read.sort((a, b) => a.n - b.n).slice(-NEWEST)
      return { count: Math.max(Number(count) || 0, messages.at(-1)?.n ?? 0), messages }
    },
  },
}
