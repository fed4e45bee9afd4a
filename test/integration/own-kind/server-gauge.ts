import { z } from 'zod'
import type { ServerKind } from '../../../server/kinds/kind.ts'
import { many, NUMBER, object, orNull } from '../../../server/kinds/patterns.ts'
import { updateShape } from '../../../server/kinds/shapes.ts'
import type { gauge as gaugeKind } from './gauge.ts'

const LEVEL = object({ t: NUMBER, level: NUMBER })
const level = z.looseObject({ t: z.number(), level: z.number() })

export const gauge: ServerKind<typeof gaugeKind> = {
  library: new URL('./gauge.lua', import.meta.url),
  reader: { name: 'wf1_read_gauge', parts: ['log'] },
  log: 'log',
  update: { known: `"levels":${many(LEVEL)}`, shape: updateShape({ levels: z.array(level) }) },
  snapshot: { known: object({ last: orNull(LEVEL) }), shape: z.looseObject({ last: level.nullable() }) },
  salvage: { fields: ['last'], state: ([last], _, readable) => ({ last: readable(last, level) }) },
}
