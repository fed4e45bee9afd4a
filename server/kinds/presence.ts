import { z } from 'zod'
import type { presence as presenceKind } from '../../wire/kinds/presence.ts'
import type { ServerKind } from './kind.ts'
import { any, many, maybe, NAME, NUMBER, object, TEXT } from './patterns.ts'
import { updateShape } from './shapes.ts'

const PERSON = object({ id: NAME, name: TEXT, since: NUMBER, 'on?': NAME })
const GONE = `"gone":${many(NAME)}`
const text = z.string()
const personShape = z.looseObject({ id: text, name: text, since: z.number(), on: text.optional() })

export const presence: ServerKind<typeof presenceKind> = {
  library: new URL('../redis/library/rooms/', import.meta.url),
  reader: { name: 'wf1_read_presence', parts: ['log', 'here'] },
  log: 'log',
  update: {
    known: `(?:"here":${many(PERSON)}${maybe(`,${GONE}`)}|${GONE})`,
    shape: updateShape({ here: z.array(personShape).optional(), gone: z.array(text).optional() }),
  },
  snapshot: {
    known: object({ here: any(PERSON) }),
    shape: z.looseObject({ here: z.array(personShape) }),
  },
  salvage: {
    fields: [],
    part: { name: 'here' },
    state: (_, people, readable) => ({ here: people.flatMap((one) => readable(one, personShape, 'here') ?? []) }),
  },
}
