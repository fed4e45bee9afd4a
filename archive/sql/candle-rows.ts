import { intervalStart, mergeCandles } from '../../wire/candles.ts'
import { type Candle, DAY, MINUTE } from '../../wire/market.ts'
import type { Stored } from '../archive.ts'
import { scaled, scaleOf, unscaled } from './decimals.ts'
import type { Value } from './engine.ts'
import type { CandleColumns, Candles } from './schema.ts'

/** The stored intervals, each folded from the one before. `span`: in minutes. */
export const LEVELS = [
  { table: 'minutes', span: 1 },
  { table: 'hours', span: 60 },
  { table: 'days', span: DAY / MINUTE },
] as const
export type Level = (typeof LEVELS)[number]

/** Values in the order of the columns. */
export const candleValues = (symbol: number, { t, first, last, ...candle }: Candle): Value[] => {
  const prices = [candle.open, candle.high, candle.low, candle.close]
  const scale = scaleOf(prices)
  return [
    symbol,
    Math.floor(t / MINUTE),
    scale,
    ...prices.map((price) => scaled(price, scale)),
    candle.volume + 0,
    candle.count,
    first[0] - t,
    first[1],
    last[0] - t,
    last[1] - first[1],
  ]
}

export const candleOf = (row: CandleColumns): Candle => {
  const t = row.t * MINUTE
  return {
    t,
    open: unscaled(row.open, row.scale),
    high: unscaled(row.high, row.scale),
    low: unscaled(row.low, row.scale),
    close: unscaled(row.close, row.scale),
    volume: row.volume,
    count: row.count,
    first: [t + row.first_t, row.first_id],
    last: [t + row.last_t, row.first_id + row.last_id],
  }
}

/** A candle with what it was before, by the start of those that were something else. */
export const storedOf = (row: Candles, seen: ReadonlyMap<number, Candle>): Stored => {
  const before = seen.get(row.t * MINUTE)
  return {
    candle: candleOf(row),
    ...(row.changed !== null && { changed: row.changed }),
    ...(before && { seen: before }),
  }
}

const merged = (a: Stored, b: Stored): Stored => {
  const changed = Math.max(a.changed ?? 0, b.changed ?? 0)
  return {
    candle: mergeCandles(a.candle, b.candle),
    ...(changed > 0 && { changed }),
    ...((a.seen || b.seen) && { seen: mergeCandles(a.seen ?? a.candle, b.seen ?? b.candle) }),
  }
}

const startingAt = (t: number, { candle, seen, ...rest }: Stored): Stored => ({
  candle: { ...candle, t },
  ...rest,
  ...(seen && { seen: { ...seen, t } }),
})

/** Candles of one symbol, oldest first, folded into those of a longer interval (ms). */
export const foldStored = (rows: readonly Stored[], interval: number): Stored[] => {
  const folded: Stored[] = []
  for (const row of rows) {
    const t = intervalStart(row.candle.t, interval)
    const open = folded.at(-1)
    if (open?.candle.t === t) folded[folded.length - 1] = startingAt(t, merged(open, row))
    else folded.push(startingAt(t, row))
  }
  return folded
}
