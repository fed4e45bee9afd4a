import { z } from 'zod'
import { checkSymbol, SYMBOL_PATTERNS } from '../../wire/descriptions.ts'
import type { SymbolDescription } from '../../wire/market.ts'
import type { Readable } from './kind.ts'
import { NUMBER, object, TEXT } from './patterns.ts'
import { readJson } from './shapes.ts'

const quoted = (pattern: string): string => `"(?:${pattern})"`
const { type, currency, exchange, zone, sessions } = SYMBOL_PATTERNS

/** A symbol's description in a snapshot, as a feed that writes JSON without blanks gives it. */
export const DESCRIPTION = object({
  name: TEXT,
  'type?': quoted(type),
  'currency?': quoted(currency),
  'exchange?': quoted(exchange),
  'zone?': quoted(zone),
  'sessions?': quoted(sessions),
  'priceStep?': String.raw`(?!-|0(?:\.0*)?[,}eE])${NUMBER}`,
})

const anything = z.looseObject({})
/** What lies in Redis beside the name: a field that is not known is let be. */
const rest = anything.refine((found) => checkSymbol(found).wrong.length === 0)
export const descriptionShape = rest.and(z.looseObject({ name: z.string() }))

/** What can be read of a description; there is none without a name. */
export const readDescription = (
  name: string | null | undefined,
  text: string | null | undefined,
  readable: Readable<never>,
): { description?: SymbolDescription } => {
  if (!name) return {}
  const found = readable(text, rest) ?? readJson(anything, text ?? '') ?? {}
  return { description: { name, ...checkSymbol(found).sound } }
}
