import type { Generated } from 'kysely'

/**
 * The tables of the archive. Symbols and devices are numbers there (`names`). Times are Unix milliseconds, but for
 * `t` of candles, which is in minutes, and `slice`, which counts slices (wire/past.ts). What is null was not told.
 */
export type Names = { id: Generated<number>; kind: 's' | 'd'; name: string }

/**
 * A candle. Prices are multiplied by 10 to the power of `scale`, where they are whole numbers then, which take less
 * room; null: they are as they were. `first_t` and `last_t` are milliseconds since the candle's start, `last_id` what
 * is to be added to `first_id`.
 */
export type CandleColumns = {
  symbol: number
  t: number
  scale: number | null
  open: number
  high: number
  low: number
  close: number
  volume: number
  count: number
  first_t: number
  first_id: number
  last_t: number
  last_id: number
}
export type Candles = CandleColumns & { changed: number | null }
/** What candles of `span` minutes were before late trades changed them. */
export type Seen = CandleColumns & { span: number }

/** `price` as in a candle. `side`: 0 for buy, 1 for sell. `at`: milliseconds after `t`. */
export type Trades = {
  symbol: number
  t: number
  id: number
  scale: number | null
  price: number
  size: number
  side: number | null
  at: number
}

/** `flags`: see fix-rows.ts. `at`: milliseconds after `t`. `tile`: see tiles.ts. `readings`: JSON. */
export type Fixes = {
  device: number
  t: number
  n: number
  at: number
  lat: number
  lon: number
  speed: number | null
  heading: number | null
  battery: number | null
  route: string | null
  flags: number
  readings: string | null
  tile: number
}
/** A device had a fix in a tile during a slice. By this is found who was where, without an entry for each fix. */
export type Stays = { tile: number; slice: number; device: number }

/** 1 where the market, or the fleet, told something in a slice. */
export type Slices = { slice: number; market: number; fleet: number }
/** `body`: JSON. */
export type Events = { device: number; id: string; at: number; kind: 'command'; body: string }
/** `changed`: when it was edited or deleted last, 0 if never. `body`: JSON of the message. */
export type Messages = { room: string; t: number; n: number; changed: number; body: string }
/** `body`: JSON of the entry. */
export type RecordRows = { t: number; n: number; body: string }
export type Devices = { device: number; name: string; place: string }
export type Gaps = { topic: string; from_t: number; to_t: number; why: string }
export type Marks = { topic: string; epoch: string; seq: number; at: number }
/** From when rows of a topic are there. */
export type Began = { topic: string; t: number }
/** Single moments of the archive as a whole: `edge`. */
export type Moments = { name: string; t: number }

export type Schema = {
  names: Names
  minutes: Candles
  hours: Candles
  days: Candles
  seen: Seen
  trades: Trades
  fixes: Fixes
  stays: Stays
  slices: Slices
  events: Events
  messages: Messages
  record: RecordRows
  devices: Devices
  gaps: Gaps
  marks: Marks
  began: Began
  moments: Moments
}
export type Table = keyof Schema
