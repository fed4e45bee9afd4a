/** The market's words. Times are Unix milliseconds, prices and sizes are in the symbol's own units. */
export type Side = 'buy' | 'sell'

/**
 * One print. `id` is the source's own number for it: positive, unique within a symbol; `side` is the taker's, where
 * known. Prices may be zero or negative (oil in April 2020, spreads, power), sizes zero (indices).
 */
export type Trade = { id: number; t: number; price: number; size: number; side?: Side }

/** Best bid and ask. A side on which nobody offers anything is null, its size 0. */
export type Quote = { t: number; bid: number | null; bidSize: number; ask: number | null; askSize: number }

/** What orders trades (see order.ts). */
export type TradeKey = [t: number, id: number]

/**
 * OHLCV over the interval that starts at `t`. `first` and `last` are the keys of the trades that gave `open` and
 * `close`, so that a late trade corrects the candle it belongs to.
 */
export type Candle = {
  t: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  count: number
  first: TradeKey
  last: TradeKey
}

/** The last price of the days before the current one. */
export type PreviousClose = { price: number; t: number; id: number }

/** What may trade. */
export const SYMBOL_TYPES = [
  'stock',
  'fund',
  'index',
  'future',
  'option',
  'bond',
  'commodity',
  'currency',
  'crypto',
] as const

/**
 * What a symbol is, as a feed describes it. `currency`: what its prices are in. `zone`: its exchange's time zone, by
 * IANA's name. `sessions`: when it trades by the clocks of that zone, written as TradingView's charts take it: hours,
 * then days from 1 for Sunday (`0930-1600:23456`), or `24x7`. `priceStep`: prices are multiples of it.
 */
export type SymbolDescription = {
  name: string
  type?: (typeof SYMBOL_TYPES)[number]
  currency?: string
  exchange?: string
  zone?: string
  sessions?: string
  priceStep?: number
}

/**
 * A symbol's state at a cursor. `day` is the candle of the UTC day of the newest trade, `candle` that of its minute;
 * fields are null until there is something to tell. `description`: as of the snapshot, where a feed has described the
 * symbol; a change of it is no update.
 */
export type SymbolSnapshot = {
  last: Trade | null
  quote: Quote | null
  day: Candle | null
  prev: PreviousClose | null
  candle: Candle | null
  description?: SymbolDescription
}

/**
 * What follows a snapshot: every trade since, and the quote where it changed. A conflated update (watch mode `latest`)
 * has, in place of the trades, their `candles`, one for each minute that they fall in, and the newest of them as
 * `last`.
 */
export type SymbolUpdate = { trades?: Trade[]; quote?: Quote; candles?: Candle[]; last?: Trade }

export const MINUTE = 60_000
export const DAY = 86_400_000
/** Candle intervals in milliseconds, by the name the API uses. */
export const INTERVALS = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': 60 * MINUTE,
  '4h': 240 * MINUTE,
  '1d': DAY,
} as const
export type Interval = keyof typeof INTERVALS
