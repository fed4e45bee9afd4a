import { z } from 'zod'
import type { access as accessKind } from '../../wire/kinds/access.ts'
import type { ServerKind } from './kind.ts'
import { many, NAME, NUMBER, object } from './patterns.ts'
import { updateShape } from './shapes.ts'

const REVOCATION = object({ what: NAME, t: NUMBER, until: NUMBER })
const revocation = z.looseObject({ what: z.string(), t: z.number(), until: z.number() })
const revoked = z.array(revocation)

export const access: ServerKind<typeof accessKind> = {
  library: new URL('../redis/library/people/', import.meta.url),
  reader: { name: 'wf1_read_access', parts: ['log', 'revoked'] },
  log: 'log',
  update: { known: `"revoked":${many(REVOCATION)}`, shape: updateShape({ revoked }) },
  snapshot: {
    known: String.raw`\{"revoked":(?:\[\]|${many(REVOCATION)})\}`,
    shape: z.looseObject({ revoked }),
  },
  salvage: {
    fields: [],
    part: { name: 'revoked' },
    state: (_, texts, readable) => ({ revoked: texts.flatMap((text) => readable(text, revocation, 'revoked') ?? []) }),
  },
}
