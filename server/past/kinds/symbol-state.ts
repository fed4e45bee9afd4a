import { applyMarket, intervalStart, mergeCandles } from '../../../wire/candles.ts'
import { type Candle, DAY, type PreviousClose, type SymbolSnapshot, type Trade } from '../../../wire/market.ts'
import { isBefore } from '../../../wire/order.ts'
import { writtenCandle, writtenTrade } from '../written.ts'

export type SymbolRows = {
  /** Whole hours, and then whole minutes, oldest first: enough for the day of the newest. */
  candles: readonly Candle[]
  /** The newest whole minute. */
  minute: Candle | null
  /** The newest day before that of the newest candle. */
  dayBefore: Candle | null
  /** Those of the minute that is not whole yet. */
  trades: readonly Trade[]
  /** The newest of all trades that are kept. */
  last: Trade | null
}

/**
 * The newest trade of a minute as far as a candle knows it: number, time and price are right, and the size is not known
 * where trades are not kept.
 */
export const lastOf = ({ close, last: [t, id] }: Candle): Trade => ({ id, t, price: close, size: 0 })

const closeOf = ({ close, last: [t, id] }: Candle): PreviousClose => ({ price: close, t, id })

const dayOf = (candles: readonly Candle[], start: number): Candle | null =>
  candles.reduce<Candle | null>((day, candle) => {
    if (intervalStart(candle.t, DAY) !== start) return day
    return day === null ? { ...candle, t: start } : mergeCandles(day, candle)
  }, null)

const NOTHING: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }

/** The state at the last whole minute. */
const wholeState = ({ candles, minute, dayBefore }: SymbolRows): SymbolSnapshot => {
  const newest = candles.at(-1)
  if (newest === undefined) return NOTHING
  const isNewest = minute !== null && !isBefore(minute.last, newest.last)
  return {
    last: lastOf(newest),
    quote: null,
    day: dayOf(candles, intervalStart(newest.t, DAY)),
    prev: dayBefore && closeOf(dayBefore),
    candle: isNewest ? minute : null,
  }
}

/** A symbol's state, made of what the archive has: quotes are not archived. */
export const symbolState = (rows: SymbolRows): SymbolSnapshot => {
  const { last, day, prev, candle } = applyMarket(wholeState(rows), { trades: [...rows.trades] })
  const kept = rows.last
  const isKept = kept !== null && !(last !== null && isBefore([kept.t, kept.id], [last.t, last.id]))
  const newest = isKept ? kept : last
  return {
    last: newest && writtenTrade(newest),
    quote: null,
    day: day && writtenCandle(day),
    prev,
    candle: candle && writtenCandle(candle),
  }
}
