import type { DeviceDescription } from './fleet.ts'
import { isGroup } from './groups.ts'
import { SYMBOL_TYPES, type SymbolDescription } from './market.ts'

type Described = Omit<SymbolDescription, 'name'>
type TextField = Exclude<keyof Described, 'priceStep'>

const HOUR = String.raw`(?:[01]\d|2[0-4])[0-5]\d`
const HOURS = `${HOUR}-${HOUR}`
const DAYS = `${HOURS}(?:,${HOURS}){0,4}(?::[1-7]{1,7})?`

/** What the texts of a symbol's description look like: each the source of a regular expression for the whole of it. */
export const SYMBOL_PATTERNS = {
  type: SYMBOL_TYPES.join('|'),
  currency: '[A-Z0-9]{2,12}',
  exchange: String.raw`(?! )[ !#-\[\]-~\u00A0-\uFFFF]{1,32}(?<! )`,
  zone: String.raw`[A-Za-z][\w+-]{0,30}(?:/[\w+-]{1,30}){0,2}`,
  sessions: String.raw`24x7|${DAYS}(?:\|${DAYS}){0,6}`,
} as const satisfies Record<TextField, string>

const isText = (field: TextField) => {
  const whole = new RegExp(`^(?:${SYMBOL_PATTERNS[field]})$`)
  return (value: unknown): boolean => typeof value === 'string' && whole.test(value) && value.isWellFormed()
}

const SYMBOL_CHECKS: Record<keyof Described, (value: unknown) => boolean> = {
  type: isText('type'),
  currency: isText('currency'),
  exchange: isText('exchange'),
  zone: isText('zone'),
  sessions: isText('sessions'),
  priceStep: (value) => typeof value === 'number' && value > 0 && value <= 1e9,
}
/** Any text: so the function library takes it. */
const isLabel = (value: unknown): boolean => typeof value === 'string' && value.length <= 100 && value.isWellFormed()
const isValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
const isAttributes = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isValue)

const DEVICE_CHECKS: Record<keyof DeviceDescription, (value: unknown) => boolean> = {
  name: isLabel,
  group: (value) => typeof value === 'string' && isGroup(value),
  category: isLabel,
  attributes: isAttributes,
}
type Checks = { [field: string]: (value: unknown) => boolean }

/**
 * The fields of a description that are as they should be, and the names of those that are not. Others are let be: a
 * newer feed says more.
 */
const check = (checks: Checks, found: object): { sound: object; wrong: string[] } => {
  const values = found as Record<string, unknown>
  const told = Object.keys(checks).filter((field) => values[field] !== undefined)
  const wrong = told.filter((field) => !checks[field]?.(values[field]))
  const sound = told.filter((field) => !wrong.includes(field)).map((field) => [field, values[field]])
  return { sound: Object.fromEntries(sound), wrong }
}

export const checkSymbol = (found: object): { sound: Described; wrong: string[] } => check(SYMBOL_CHECKS, found)
export const checkDevice = (found: object): { sound: DeviceDescription; wrong: string[] } => check(DEVICE_CHECKS, found)
