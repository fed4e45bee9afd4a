import {
  type Candle,
  DAY,
  MINUTE,
  type PreviousClose,
  type SymbolSnapshot,
  type SymbolUpdate,
  type Trade,
  type TradeKey,
} from './market.ts'
import { isBefore } from './order.ts'

/** The start of the interval that holds `t`; both in milliseconds. */
export const intervalStart = (t: number, interval: number): number => Math.floor(t / interval) * interval

/**
 * The sum of two decimal numbers as people reckon it: ten times 0.1 is 1. Doubles err in the 16th digit and later, so
 * that a sum of up to 15 digits is exact, whatever the order. The same rule as the Redis function library's.
 */
const addDecimals = (a: number, b: number): number => {
  const sum = a + b
  return Number.isInteger(sum) ? sum : Number(sum.toPrecision(15))
}

/** `candle` with one more trade of its interval, in whatever order trades come; a new candle where there was none. */
export const foldTrade = (candle: Candle | null, trade: Trade, interval: number): Candle => {
  const key: TradeKey = [trade.t, trade.id]
  const { price, size } = trade
  if (candle === null)
    return {
      t: intervalStart(trade.t, interval),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: size,
      count: 1,
      first: key,
      last: key,
    }
  const opens = isBefore(key, candle.first)
  const closes = isBefore(candle.last, key)
  return {
    t: candle.t,
    open: opens ? price : candle.open,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: closes ? price : candle.close,
    volume: addDecimals(candle.volume, size),
    count: candle.count + 1,
    first: opens ? key : candle.first,
    last: closes ? key : candle.last,
  }
}

/** Two candles of the same symbol as one; it starts with the earlier and carries its `t`. */
export const mergeCandles = (a: Candle, b: Candle): Candle => {
  const opening = isBefore(b.first, a.first) ? b : a
  const closing = isBefore(a.last, b.last) ? b : a
  return {
    t: Math.min(a.t, b.t),
    open: opening.open,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: closing.close,
    volume: addDecimals(a.volume, b.volume),
    count: a.count + b.count,
    first: opening.first,
    last: closing.last,
  }
}

/** Candles of a fine interval, oldest first, folded into a coarser one; `interval` in milliseconds. */
export const coarsen = (candles: readonly Candle[], interval: number): Candle[] => {
  const folded: Candle[] = []
  for (const candle of candles) {
    const t = intervalStart(candle.t, interval)
    const open = folded.at(-1)
    if (open?.t === t) folded[folded.length - 1] = mergeCandles(open, candle)
    else folded.push({ ...candle, t })
  }
  return folded
}

const closeOf = ({ close, last: [t, id] }: Candle): PreviousClose => ({ price: close, t, id })

const later = (prev: PreviousClose | null, close: PreviousClose): PreviousClose =>
  prev !== null && isBefore([close.t, close.id], [prev.t, prev.id]) ? prev : close

/** The newer of two trades; the one before may be none. */
export const newestTrade = (last: Trade | null, trade: Trade): Trade =>
  last !== null && isBefore([trade.t, trade.id], [last.t, last.id]) ? last : trade

/** Trades more in a symbol's state, as the candle of the minute that they fall in (`last` is left to the caller). */
const applyCandle = (state: SymbolSnapshot, candle: Candle): SymbolSnapshot => {
  const day: Candle = { ...candle, t: intervalStart(candle.t, DAY) }
  const next = { ...state }
  if (state.day === null) next.day = day
  else if (day.t === state.day.t) next.day = mergeCandles(state.day, day)
  else if (day.t < state.day.t) next.prev = later(state.prev, closeOf(day))
  else {
    next.prev = later(state.prev, closeOf(state.day))
    next.day = day
  }
  if (state.candle === null || state.candle.t < candle.t) next.candle = candle
  else if (state.candle.t === candle.t) next.candle = mergeCandles(state.candle, candle)
  return next
}

/** One trade more in a symbol's state. The same rule as the Redis function library's, and tested against it. */
const applyTrade = (state: SymbolSnapshot, trade: Trade): SymbolSnapshot => ({
  ...applyCandle(state, foldTrade(null, trade, MINUTE)),
  last: newestTrade(state.last, trade),
})

/** A symbol's state after one update, conflated or not. */
export const applyMarket = (state: SymbolSnapshot, update: SymbolUpdate): SymbolSnapshot => {
  let next = (update.trades ?? []).reduce(applyTrade, state)
  next = (update.candles ?? []).reduce(applyCandle, next)
  if (update.last) next = { ...next, last: newestTrade(next.last, update.last) }
  return update.quote ? { ...next, quote: update.quote } : next
}
