import { z } from 'zod'
import { checkDevice, checkSymbol, SYMBOL_PATTERNS } from '../../wire/descriptions.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import type { SymbolDescription } from '../../wire/market.ts'
import type { Readable, Values } from './kind.ts'
import { NAME, NUMBER, object, TEXT } from './patterns.ts'
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

const ATTRIBUTE = `${TEXT}:(?:${TEXT}|${NUMBER}|true|false)`
/** An object of texts, numbers, true and false. */
export const ATTRIBUTES = String.raw`\{(?:${ATTRIBUTE}(?:,${ATTRIBUTE})*)?\}`
const DEVICE_FIELD = `(?:"(?:name|category)":${TEXT}|"group":${NAME}|"attributes":${ATTRIBUTES})`
/** A device's description in a snapshot. */
export const DEVICE_DESCRIPTION = String.raw`\{${DEVICE_FIELD}(?:,${DEVICE_FIELD})*\}`
export const deviceDescriptionShape = anything.refine((found) => checkDevice(found).wrong.length === 0)

/** The fields of a device's state that describe it. */
export const DEVICE_FIELDS = ['name', 'group', 'category', 'attributes'] as const

/** What these fields say of a device, as far as it is right. */
export const checkDeviceFields = ([name, group, category, attributes]: Values): ReturnType<typeof checkDevice> =>
  checkDevice({
    name: name || undefined,
    group: group || undefined,
    category: category || undefined,
    attributes: attributes ? readJson(anything, attributes) : undefined,
  })

/** What can be read of a device's description. */
export const readDeviceDescription = (values: Values): { description?: DeviceDescription } => {
  const { sound } = checkDeviceFields(values)
  return Object.keys(sound).length > 0 ? { description: sound } : {}
}
