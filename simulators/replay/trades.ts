import type { Collector } from './collect.ts'
import { jsonNumber } from './numbers.ts'
import type { FoundTrade } from './prints.ts'
import { jsonTime } from './times.ts'
import type { Zone } from './zone.ts'

type Read = { symbol: string; trade: FoundTrade }

const readArray = ([time, id, , taker, price, size]: readonly unknown[], zone: Zone | null): FoundTrade => ({
  id,
  t: jsonTime(time, zone),
  price: jsonNumber(price),
  size: jsonNumber(size),
  side: taker,
})

/** A trade as ccxt gives it, which may name its symbol. */
const readObject = (value: Record<string, unknown>, symbol: string, zone: Zone | null): Read => ({
  symbol: typeof value.symbol === 'string' ? value.symbol : symbol,
  trade: {
    id: value.id,
    t: jsonTime(value.timestamp ?? value.datetime, zone),
    price: jsonNumber(value.price),
    size: jsonNumber(value.amount ?? value.size),
    side: value.side,
  },
})

const readTrade = (value: unknown, symbol: string, zone: Zone | null): Read | null => {
  if (Array.isArray(value)) return value.length < 6 ? null : { symbol, trade: readArray(value, zone) }
  return typeof value === 'object' && value !== null && 'price' in value
    ? readObject(value as Record<string, unknown>, symbol, zone)
    : null
}

/**
 * A JSON array of trades, `[time, id, type, side, price, amount, cost]` each, as freqtrade stores them, or objects as
 * ccxt gives them; the side is the taker's.
 */
export const readTrades = (text: string, symbol: string, zone: Zone | null, collector: Collector): void => {
  const rows = JSON.parse(text) as unknown
  if (!Array.isArray(rows)) throw new Error('not a JSON array of trades')
  for (const [place, value] of rows.entries()) {
    const content = JSON.stringify(value)
    const read = readTrade(value, symbol, zone)
    if (read === null) collector.skip('not a row of a trade', place + 1, content)
    else collector.trade(read.symbol, read.trade, place + 1, content)
  }
}
