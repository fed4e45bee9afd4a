import { z } from 'zod'
import type { device as deviceKind } from '../../wire/kinds/device.ts'
import { cellTopic, parseTopic } from '../../wire/topics.ts'
import { DEVICE_DESCRIPTION, DEVICE_FIELDS, deviceDescriptionShape, readDeviceDescription } from './description.ts'
import { FIX, fixShape } from './fix.ts'
import type { ServerKind } from './kind.ts'
import { many, NAME, object, orNull } from './patterns.ts'
import { updateShape } from './shapes.ts'

export const device: ServerKind<typeof deviceKind> = {
  library: new URL('../redis/library/fleet/', import.meta.url),
  reader: { name: 'wf1_read_device', parts: ['track'] },
  log: 'track',
  update: { known: `"fixes":${many(FIX)}`, shape: updateShape({ fixes: z.array(fixShape) }) },
  snapshot: {
    known: object({ last: orNull(FIX), cell: orNull(NAME), 'description?': DEVICE_DESCRIPTION }),
    shape: z.looseObject({
      last: fixShape.nullable(),
      cell: z.string().nullable(),
      description: deviceDescriptionShape.optional(),
    }),
  },
  salvage: {
    fields: ['last', 'cell', ...DEVICE_FIELDS],
    state: ([last, cell, ...described], _, readable) => ({
      last: readable(last, fixShape),
      cell: cell && parseTopic(cellTopic(cell)) ? cell : null,
      ...readDeviceDescription(described),
    }),
  },
}
