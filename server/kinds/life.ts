import { z } from 'zod'
import { ATTRIBUTES } from './description.ts'
import { any, NAME, NUMBER, object } from './patterns.ts'

/** What is known of a device besides where it is, as the function library writes it. */
export const LIFE = object({
  heard: NUMBER,
  'every?': NUMBER,
  'parked?': 'true',
  'takes?': any(NAME),
  'door?': NAME,
  'attributes?': ATTRIBUTES,
})

const text = z.string()
export const lifeShape = z.looseObject({
  heard: z.number(),
  every: z.number().optional(),
  parked: z.literal(true).optional(),
  takes: z.array(text).optional(),
  door: text.optional(),
  attributes: z.record(text, z.union([text, z.number(), z.boolean()])).optional(),
})
