import { z } from 'zod'
import { many, NAME, NUMBER, object, TEXT } from './patterns.ts'

/** Who wrote something, as the function library writes it. */
export const AUTHOR = object({ id: NAME, name: TEXT })
/** A message of a room, as the function library writes it. */
export const MESSAGE = object({
  n: NUMBER,
  t: NUMBER,
  by: AUTHOR,
  text: TEXT,
  'to?': many(NAME),
  'edited?': NUMBER,
  'deleted?': NUMBER,
  'announced?': 'true',
})

const text = z.string()
export const authorShape = z.looseObject({ id: text, name: text })
export const messageShape = z.looseObject({
  n: z.number(),
  t: z.number(),
  by: authorShape,
  text,
  to: z.array(text).optional(),
  edited: z.number().optional(),
  deleted: z.number().optional(),
  announced: z.literal(true).optional(),
})
