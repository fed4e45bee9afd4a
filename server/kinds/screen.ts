import { z } from 'zod'
import type { screen as screenKind } from '../../wire/kinds/screen.ts'
import type { ServerKind } from './kind.ts'
import { NUMBER, object, orNull, TEXT } from './patterns.ts'
import { updateShape } from './shapes.ts'

const SCREEN = object({ t: NUMBER, place: TEXT })
const screenShape = z.looseObject({ t: z.number(), place: z.string() })

export const screen: ServerKind<typeof screenKind> = {
  library: new URL('../redis/library/rooms/', import.meta.url),
  reader: { name: 'wf1_read_screen', parts: [] },
  log: null,
  update: { known: `"screen":${orNull(SCREEN)}`, shape: updateShape({ screen: screenShape.nullable() }) },
  snapshot: { known: object({ screen: orNull(SCREEN) }), shape: z.looseObject({ screen: screenShape.nullable() }) },
  salvage: { fields: ['screen'], state: ([shown], _, readable) => ({ screen: readable(shown, screenShape) }) },
}
