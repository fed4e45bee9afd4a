import { z } from 'zod'
import { COMMAND_STATES } from '../../wire/commands.ts'
import { ATTRIBUTES } from './description.ts'
import { AUTHOR, authorShape } from './message.ts'
import { maybe, NAME, NUMBER, object, TEXT } from './patterns.ts'

const BOUNDS = object({ west: NUMBER, south: NUMBER, east: NUMBER, north: NUMBER })
const TOLD = { slowerThan: NUMBER, fresherThan: NUMBER, inside: BOUNDS }
/** Any of these, at least one, in this order. */
const some = (fields: Record<string, string>): string => {
  const parts = Object.entries(fields).map(([name, pattern]) => maybe(`,?"${name}":${pattern}`))
  return String.raw`\{(?!,)(?!\})${parts.join('')}\}`
}

/** What is asked, of a command and of an order. */
export const ASKED = { by: AUTHOR, 'if?': some(TOLD), args: ATTRIBUTES }
/** How far it is, and what was said of it. */
export const STATE = `"(?:${COMMAND_STATES.join('|')})"`
export const SAID = { 'reason?': TEXT, 'answer?': TEXT }

/** A command as the function library writes it. */
export const COMMAND = object({
  id: NAME,
  c: NUMBER,
  t: NUMBER,
  until: NUMBER,
  kind: NAME,
  'order?': NAME,
  ...ASKED,
  state: STATE,
  at: NUMBER,
  'tries?': NUMBER,
  ...SAID,
})

const number = z.number()
const text = z.string()
const args = z.record(text, z.union([text, number, z.boolean()]))
const bounds = z.looseObject({ west: number, south: number, east: number, north: number })
const condition = z.looseObject({
  slowerThan: number.optional(),
  fresherThan: number.optional(),
  inside: bounds.optional(),
})

export const askedShape = { kind: text, args, by: authorShape, t: number, until: number, if: condition.optional() }
export const saidShape = { at: number, state: z.enum(COMMAND_STATES), reason: text.optional(), answer: text.optional() }

export const commandShape = z.looseObject({
  id: text,
  c: number,
  ...askedShape,
  ...saidShape,
  tries: number.optional(),
  order: text.optional(),
})
