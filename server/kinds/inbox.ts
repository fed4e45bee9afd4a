import { z } from 'zod'
import type { inbox as inboxKind } from '../../wire/kinds/inbox.ts'
import type { InboxItem } from '../../wire/rooms.ts'
import type { ServerKind } from './kind.ts'
import { AUTHOR, authorShape } from './message.ts'
import { any, many, maybe, NAME, NUMBER, object, TEXT } from './patterns.ts'
import { updateShape } from './shapes.ts'

const ITEM = object({
  n: NUMBER,
  id: NAME,
  t: NUMBER,
  kind: '"(?:mention|announcement)"',
  room: NAME,
  message: NUMBER,
  from: AUTHOR,
  text: TEXT,
  'done?': NUMBER,
})
const MARK = `${NAME}:${NUMBER}`
const READ = String.raw`\{(?:${MARK}(?:,${MARK})*)?\}`

const number = z.number()
const text = z.string()
/** Others may come: an alert, say. */
const itemShape = z.looseObject({
  n: number,
  id: text,
  t: number,
  kind: text,
  room: text,
  message: number,
  from: authorShape,
  text,
  done: number.optional(),
})
const readShape = z.record(text, number)

export const inbox: ServerKind<typeof inboxKind> = {
  library: new URL('../redis/library/rooms/', import.meta.url),
  reader: { name: 'wf1_read_inbox', parts: ['log', 'items', 'read'] },
  log: 'log',
  update: {
    known: `(?:"items":${many(ITEM)}${maybe(`,"read":${READ}`)}|"read":${READ})`,
    shape: updateShape({ items: z.array(itemShape).optional(), read: readShape.optional() }),
  },
  snapshot: {
    known: object({ count: NUMBER, items: any(ITEM), read: READ }),
    shape: z.looseObject({ count: number, items: z.array(itemShape), read: readShape }),
  },
  salvage: {
    fields: ['count'],
    part: { name: 'items' },
    state: ([count], texts, readable) => {
      const read = texts.flatMap((one) => (readable(one, itemShape, 'items') as InboxItem | null) ?? [])
      const items = read.sort((a, b) => a.n - b.n)
      // How far rooms were read lies in another part: what is lost of it is read once more.
      return { count: Math.max(Number(count) || 0, items.at(-1)?.n ?? 0), items, read: {} }
    },
  },
}
