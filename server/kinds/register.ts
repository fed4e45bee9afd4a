import { z } from 'zod'
import type { register as registerKind } from '../../wire/kinds/register.ts'
import type { ServerKind } from './kind.ts'
import { many, NAME, NUMBER, object, TEXT } from './patterns.ts'
import { updateShape } from './shapes.ts'

const ENTRY = object({ id: NAME, 'name?': TEXT, 'group?': TEXT, 'category?': TEXT })
const text = z.string()
const entryShape = z.looseObject({
  id: text,
  name: text.optional(),
  group: text.optional(),
  category: text.optional(),
})
/** An entry as it lies in Redis. */
export const registerEntry = entryShape.and(z.looseObject({ gone: z.literal(true).optional() }))

export const register: ServerKind<typeof registerKind> = {
  library: new URL('../redis/library/fleet/', import.meta.url),
  reader: { name: 'wf1_read_register', parts: ['log', 'entries'] },
  log: 'log',
  update: {
    known: `(?:"devices":${many(ENTRY)}|"gone":${many(NAME)})`,
    shape: updateShape({ devices: z.array(entryShape).optional(), gone: z.array(text).optional() }),
  },
  snapshot: {
    known: object({ count: NUMBER }),
    shape: z.looseObject({ count: z.number() }),
  },
  salvage: { fields: [], part: { name: 'entries' }, state: (_, entries) => ({ count: entries.length }) },
}
