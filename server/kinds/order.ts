import { z } from 'zod'
import { COMMAND_STATES, type OrderEntry } from '../../wire/commands.ts'
import { foldOrder } from '../../wire/fold-commands.ts'
import { order as orderKind } from '../../wire/kinds/order.ts'
import { ASKED, askedShape, SAID, STATE, saidShape } from './command.ts'
import type { ServerKind } from './kind.ts'
import { any, many, NAME, NUMBER, object, orNull } from './patterns.ts'
import { readJson, updateShape } from './shapes.ts'

const ORDER = object({ id: NAME, t: NUMBER, until: NUMBER, kind: NAME, ...ASKED, devices: NUMBER })
const ENTRY = object({ device: NAME, state: STATE, at: NUMBER, ...SAID })
const COUNT = `${STATE}:${NUMBER}`
const COUNTS = String.raw`\{(?:${COUNT}(?:,${COUNT})*)?\}`

const text = z.string()
const orderShape = z.looseObject({ id: text, ...askedShape, devices: z.number() })
const entryShape = z.looseObject({ device: text, ...saidShape })
const countsShape = z.partialRecord(z.enum(COMMAND_STATES), z.number())

export const order: ServerKind<typeof orderKind> = {
  library: new URL('../redis/library/fleet/', import.meta.url),
  reader: { name: 'wf1_read_order', parts: ['log', 'devices', 'failures'] },
  log: 'log',
  update: {
    known: `(?:"order":${ORDER},"counts":${COUNTS}|"counts":${COUNTS},"entries":${many(ENTRY)})`,
    shape: updateShape({
      order: orderShape.optional(),
      counts: countsShape.optional(),
      entries: z.array(entryShape).optional(),
    }),
  },
  snapshot: {
    known: object({ order: orNull(ORDER), counts: COUNTS, failures: any(ENTRY) }),
    shape: z.looseObject({ order: orderShape.nullable(), counts: countsShape, failures: z.array(entryShape) }),
  },
  salvage: {
    fields: ['order', 'counts'],
    part: { name: 'devices' },
    state: ([asked, counts], texts, readable) => {
      const entries = texts.flatMap((one) => (readable(one, entryShape, 'devices') as OrderEntry | null) ?? [])
      const { failures } = foldOrder(orderKind.empty, { entries })
      return { order: readable(asked, orderShape), counts: readJson(countsShape, counts ?? '') ?? {}, failures }
    },
  },
}
