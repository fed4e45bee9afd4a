import type { z } from 'zod'
import { SYMBOL_PATTERNS } from '../wire/descriptions.ts'
import { type Topic, type TopicKind, topicKind } from '../wire/topics.ts'
import { parseBytes } from './live/bytes.ts'
import { readMessage } from './live/message.ts'
import { SNAPSHOT_SHAPES, UPDATE_SHAPES } from './shapes.ts'

/**
 * Whether texts are what the function library writes: they go to clients as they are, in frames with much else, and a client could not
 * read a frame of which one text is no JSON. What the library writes has always the same order and no blanks, so one expression knows
 * it, a tenth of what it would cost to parse (0.13 µs for a trade with a quote). Only what it does not know is parsed and looked at: a newer
 * library may say more.
 */

/** An update longer than this is none: what one call may hold is far less. In bytes. */
export const MOST_BYTES = 1024 * 1024

const NUMBER = String.raw`-?(?:0|[1-9]\d{0,17})(?:\.\d{1,20})?(?:[eE][-+]?\d\d)?`
const WHOLE = String.raw`[1-9]\d{0,15}`
const NAME = String.raw`"[^"\\\x00-\x1f]*"`
const TEXT = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`

const orNull = (pattern: string): string => `(?:null|${pattern})`
const maybe = (pattern: string): string => `(?:${pattern})?`
const many = (pattern: string): string => String.raw`\[${pattern}(?:,${pattern})*\]`
/** An object with these fields, in this order; those with a `?` may lack. */
const object = (fields: Record<string, string>): string => {
  const parts = Object.entries(fields).map(([name, pattern], i) => {
    const field = `${i > 0 ? ',' : ''}"${name.replace('?', '')}":${pattern}`
    return name.endsWith('?') ? maybe(field) : field
  })
  return String.raw`\{${parts.join('')}\}`
}

const TRADE = object({ id: NUMBER, t: NUMBER, price: NUMBER, size: NUMBER, 'side?': '"(?:buy|sell)"' })
const QUOTE = object({ t: NUMBER, bid: orNull(NUMBER), bidSize: NUMBER, ask: orNull(NUMBER), askSize: NUMBER })
const KEY = String.raw`\[${NUMBER},${NUMBER}\]`
const PRICES = { open: NUMBER, high: NUMBER, low: NUMBER, close: NUMBER }
const CANDLE = object({ t: NUMBER, ...PRICES, volume: NUMBER, count: NUMBER, first: KEY, last: KEY })
const PREVIOUS = object({ price: NUMBER, t: NUMBER, id: NUMBER })
const quoted = (pattern: string): string => `"(?:${pattern})"`
const { type, currency, exchange, zone, sessions } = SYMBOL_PATTERNS
const DESCRIPTION = object({
  name: TEXT,
  'type?': quoted(type),
  'currency?': quoted(currency),
  'exchange?': quoted(exchange),
  'zone?': quoted(zone),
  'sessions?': quoted(sessions),
  'priceStep?': String.raw`(?!-|0(?:\.0*)?[,}eE])${NUMBER}`,
})
const TOLD = { 'speed?': NUMBER, 'heading?': NUMBER, 'battery?': NUMBER, 'route?': TEXT, 'doubtful?': 'true' }
const FIX = object({ id: NAME, n: NUMBER, t: NUMBER, lat: NUMBER, lon: NUMBER, ...TOLD })
const LEFT = object({ id: NAME, t: NUMBER, n: NUMBER, to: orNull(NAME) })

const HEAD = String.raw`\{"topic":${NAME},"epoch":${NAME},"seq":${WHOLE}(?:,"after":(?:0|${WHOLE}))?,"at":${NUMBER},`
const FIXES = `"fixes":${many(FIX)}`
const BODIES = {
  s: `(?:"trades":${many(TRADE)}${maybe(`,"quote":${QUOTE}`)}|"quote":${QUOTE})`,
  c: `(?:${FIXES}|"left":${many(LEFT)})`,
  d: FIXES,
} as const satisfies Record<TopicKind, string>
const STATES = {
  s: object({
    last: orNull(TRADE),
    quote: orNull(QUOTE),
    day: orNull(CANDLE),
    prev: orNull(PREVIOUS),
    candle: orNull(CANDLE),
    'description?': DESCRIPTION,
  }),
  c: String.raw`\{"fixes":(?:\[\]|${many(FIX)})\}`,
  d: object({ last: orNull(FIX), cell: orNull(NAME) }),
} as const satisfies Record<TopicKind, string>

const known = (patterns: Record<TopicKind, string>, head = '', tail = ''): Record<TopicKind, RegExp> => {
  const whole = (kind: TopicKind): RegExp => new RegExp(`^${head}${patterns[kind]}${tail}$`)
  return { s: whole('s'), c: whole('c'), d: whole('d') }
}
const UPDATES = known(BODIES, HEAD, String.raw`\}`)
const SNAPSHOTS = known(STATES)

const parsed = <T>(shape: z.ZodType<T>, text: string): T | null => {
  try {
    return shape.safeParse(parseBytes(text)).data ?? null
  } catch {
    return null
  }
}

/** Whether a text (bytes) is an update of a topic whose head can be read (message.ts). */
export const isUpdate = (topic: Topic, text: string): boolean => {
  const kind = topicKind(topic)
  if (text.length > MOST_BYTES) return false
  return UPDATES[kind].test(text) || isUnknownUpdate(topic, text)
}

/** Of a field that stands there twice JSON takes the second: it must say the same as the head that was read. */
const isUnknownUpdate = (topic: Topic, text: string): boolean => {
  const update = parsed(UPDATE_SHAPES[topicKind(topic)], text)
  const message = readMessage(topic, text)
  if (update === null || message === null) return false
  const { topic: name, epoch, seq, after = Number(seq) - 1, at } = update
  const same = name === topic && epoch === message.epoch && seq === message.seq && after === message.after
  return same && typeof at === 'number' && Number.isSafeInteger(seq)
}

/** Whether a text (bytes) is the state of a topic. */
export const isSnapshot = (topic: Topic, text: string): boolean => {
  const kind = topicKind(topic)
  return SNAPSHOTS[kind].test(text) || parsed<unknown>(SNAPSHOT_SHAPES[kind], text) !== null
}
