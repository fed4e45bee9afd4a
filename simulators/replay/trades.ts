import { jsonNumber } from '../../formats/numbers.ts'
import type { Collector } from './collect.ts'
import { createJsonRows, firstLineValue } from './json-rows.ts'
import type { Opening, Reader } from './reader.ts'
import { jsonTime } from './times.ts'
import type { Zone } from './zone.ts'

/** What a row tells, as it stands there. */
type Told = { symbol?: unknown; id: unknown; time: unknown; price: unknown; size: unknown; side: unknown }

/** The taker's side: the buyer had made the order that was taken, or not. */
const sideByMaker = (isBuyerMaker: unknown): unknown =>
  typeof isBuyerMaker === 'boolean' ? (isBuyerMaker ? 'sell' : 'buy') : isBuyerMaker

/** Binance's short names: `a` is the number of an aggregate trade; of a single one it is `t`. */
const readShort = ({ s, t, a, T, p, q, m }: Record<string, unknown>): Told => ({
  symbol: s,
  id: t ?? a,
  time: T,
  price: p,
  size: q,
  side: sideByMaker(m),
})

/** ccxt's names and Binance's long ones. */
const readLong = (value: Record<string, unknown>): Told => ({
  symbol: value.symbol,
  id: value.id,
  time: value.timestamp ?? value.datetime ?? value.time,
  price: value.price,
  size: value.amount ?? value.size ?? value.qty,
  side: value.side ?? sideByMaker(value.isBuyerMaker),
})

const readTrade = (value: unknown): Told | null => {
  if (Array.isArray(value)) {
    const [time, id, , side, price, size] = value as unknown[]
    return value.length < 6 ? null : { id, time, price, size, side }
  }
  if (typeof value !== 'object' || value === null) return null
  const told = 'p' in value && 'q' in value ? readShort({ ...value }) : readLong({ ...value })
  return [told.time, told.price, told.size].filter((part) => part !== undefined).length < 2 ? null : told
}

/** The first of what every trade needs that a row does not tell; undefined where it tells all. */
const missing = (told: Told): string | undefined =>
  (['time', 'price', 'size'] as const).find((part) => told[part] === undefined)

/** Whether a text begins as a JSON array of rows, or its first line is a trade. */
export const isTrades = (start: string): boolean =>
  /^\s*\[\s*[[{\]]/.test(start) || (/^\s*[[{]/.test(start) && readTrade(firstLineValue(start)) !== null)

/**
 * A JSON array of trades, or a trade a line: `[time, id, type, side, price, amount, cost]` each, as freqtrade stores
 * them, or objects as ccxt or Binance gives them; the side is the taker's. Objects may name their symbol.
 */
export const openTrades = (
  { start, firstRow }: Opening,
  { symbol, zone }: { symbol: string; zone: Zone | null },
  collector: Collector,
): Reader =>
  createJsonRows(start, firstRow, ({ row, content, value, fault }) => {
    const told = readTrade(value)
    const lack = told && missing(told)
    if (fault !== null) collector.skip(fault, row, content)
    else if (told === null) collector.skip('not a row of a trade', row, content)
    else if (lack) collector.skip(`the trade has no ${lack}`, row, content)
    else {
      const { id, time, side } = told
      const trade = { id, t: jsonTime(time, zone), price: jsonNumber(told.price), size: jsonNumber(told.size), side }
      collector.trade(typeof told.symbol === 'string' ? told.symbol : symbol, trade, row, content)
    }
  })
