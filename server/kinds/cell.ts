import { z } from 'zod'
import type { cell as cellKind } from '../../wire/kinds/cell.ts'
import { FIX, fixShape } from './fix.ts'
import type { ServerKind } from './kind.ts'
import { many, NAME, NUMBER, object, orNull } from './patterns.ts'
import { updateShape } from './shapes.ts'

const LEFT = object({ id: NAME, t: NUMBER, n: NUMBER, to: orNull(NAME) })
const leftShape = z.looseObject({ id: z.string(), t: z.number(), n: z.number(), to: z.string().nullable() })

export const cell: ServerKind<typeof cellKind> = {
  library: new URL('../redis/library/fleet/', import.meta.url),
  reader: { name: 'wf1_read_cell', parts: ['fix'] },
  log: null,
  update: {
    known: `(?:"fixes":${many(FIX)}|"left":${many(LEFT)})`,
    shape: updateShape({ fixes: z.array(fixShape).optional(), left: z.array(leftShape).optional() }),
  },
  snapshot: {
    known: String.raw`\{"fixes":(?:\[\]|${many(FIX)})\}`,
    shape: z.looseObject({ fixes: z.array(fixShape) }),
  },
  salvage: {
    fields: [],
    part: { name: 'fix' },
    state: (_, fixes, readable) => ({ fixes: fixes.flatMap((text) => readable(text, fixShape, 'fix') ?? []) }),
  },
}
