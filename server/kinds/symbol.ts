import { z } from 'zod'
import { intervalStart } from '../../wire/candles.ts'
import type { symbol as symbolKind } from '../../wire/kinds/symbol.ts'
import { MINUTE } from '../../wire/market.ts'
import { DESCRIPTION, descriptionShape, readDescription } from './description.ts'
import type { ServerKind } from './kind.ts'
import { many, maybe, NUMBER, object, orNull } from './patterns.ts'
import { readJson, updateShape } from './shapes.ts'

const TRADE = object({ id: NUMBER, t: NUMBER, price: NUMBER, size: NUMBER, 'side?': '"(?:buy|sell)"' })
const QUOTE = object({ t: NUMBER, bid: orNull(NUMBER), bidSize: NUMBER, ask: orNull(NUMBER), askSize: NUMBER })
const KEY = String.raw`\[${NUMBER},${NUMBER}\]`
const PRICES = { open: NUMBER, high: NUMBER, low: NUMBER, close: NUMBER }
const CANDLE = object({ t: NUMBER, ...PRICES, volume: NUMBER, count: NUMBER, first: KEY, last: KEY })
const PREVIOUS = object({ price: NUMBER, t: NUMBER, id: NUMBER })

const number = z.number()
const side = z.enum(['buy', 'sell']).optional()
const trade = z.looseObject({ id: number, t: number, price: number, size: number, side })
const sides = { bid: number.nullable(), bidSize: number, ask: number.nullable(), askSize: number }
const quote = z.looseObject({ t: number, ...sides })
const key = z.tuple([number, number])
const prices = { open: number, high: number, low: number, close: number }
const candle = z.looseObject({ t: number, ...prices, volume: number, count: number, first: key, last: key })
const previous = z.looseObject({ price: number, t: number, id: number })

/** The minute of a symbol's last trade, as the field of its candle. */
const minuteOf = (last: string | null | undefined): string => {
  const read = readJson(trade, last ?? '')
  return read === null ? '' : String(intervalStart(read.t, MINUTE))
}

export const symbol: ServerKind<typeof symbolKind> = {
  library: new URL('../redis/library/market/', import.meta.url),
  reader: { name: 'wf1_read_symbol', parts: ['log', '1m'] },
  log: 'log',
  update: {
    known: `(?:"trades":${many(TRADE)}${maybe(`,"quote":${QUOTE}`)}|"quote":${QUOTE})`,
    shape: updateShape({ trades: z.array(trade).optional(), quote: quote.optional() }),
  },
  snapshot: {
    known: object({
      last: orNull(TRADE),
      quote: orNull(QUOTE),
      day: orNull(CANDLE),
      prev: orNull(PREVIOUS),
      candle: orNull(CANDLE),
      'description?': DESCRIPTION,
    }),
    shape: z.looseObject({
      last: trade.nullable(),
      quote: quote.nullable(),
      day: candle.nullable(),
      prev: previous.nullable(),
      candle: candle.nullable(),
      description: descriptionShape.optional(),
    }),
  },
  salvage: {
    fields: ['last', 'quote', 'day', 'prev', 'name', 'description'],
    part: { name: '1m', field: ([last]) => minuteOf(last) },
    state: ([last, lastQuote, day, prev, name, description], [newest], readable) => {
      const minute = readable(newest, candle, '1m') as { t: number } | null
      return {
        last: readable(last, trade),
        quote: readable(lastQuote, quote),
        day: readable(day, candle),
        prev: readable(prev, previous),
        candle: minute !== null && String(minute.t) === minuteOf(last) ? minute : null,
        ...readDescription(name, description, readable),
      }
    },
  },
}
