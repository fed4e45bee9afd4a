import { z } from 'zod'
import { checkSymbol } from '../wire/descriptions.ts'
import type { TopicKind } from '../wire/topics.ts'

/** What the function library writes, as far as this node knows: a newer one may add fields. */
const number = z.number()
const trade = z.looseObject({
  id: number,
  t: number,
  price: number,
  size: number,
  side: z.enum(['buy', 'sell']).optional(),
})
const quote = z.looseObject({
  t: number,
  bid: number.nullable(),
  bidSize: number,
  ask: number.nullable(),
  askSize: number,
})
const key = z.tuple([number, number])
const candle = z.looseObject({
  t: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  count: number,
  first: key,
  last: key,
})
const previous = z.looseObject({ price: number, t: number, id: number })
const fix = z.looseObject({
  id: z.string(),
  n: number,
  t: number,
  lat: number,
  lon: number,
  speed: number.optional(),
  heading: number.optional(),
  battery: number.optional(),
  route: z.string().optional(),
  doubtful: z.literal(true).optional(),
})
const left = z.looseObject({ id: z.string(), t: number, n: number, to: z.string().nullable() })

const anything = z.looseObject({})
const described = anything.refine((found) => checkSymbol(found).wrong.length === 0)
const description = described.and(z.looseObject({ name: z.string() }))

export const SHAPES = { trade, quote, candle, previous, fix, anything, described } as const

/** What follows the head of an update; one with a snapshot would be taken for a resync. */
const none = z.undefined().optional()
const body = { candles: none, last: none, snapshot: none }

export const UPDATE_SHAPES = {
  s: z.looseObject({ ...body, trades: z.array(trade).optional(), quote: quote.optional() }),
  c: z.looseObject({ ...body, fixes: z.array(fix).optional(), left: z.array(left).optional() }),
  d: z.looseObject({ ...body, fixes: z.array(fix) }),
} as const satisfies Record<TopicKind, z.ZodType>

export const SNAPSHOT_SHAPES = {
  s: z.looseObject({
    last: trade.nullable(),
    quote: quote.nullable(),
    day: candle.nullable(),
    prev: previous.nullable(),
    candle: candle.nullable(),
    description: description.optional(),
  }),
  c: z.looseObject({ fixes: z.array(fix) }),
  d: z.looseObject({ last: fix.nullable(), cell: z.string().nullable() }),
} as const satisfies Record<TopicKind, z.ZodType>
