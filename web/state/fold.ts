import { foldTrade, intervalStart, mergeCandles } from '../../wire/candles.ts'
import type { Candle, Trade } from '../../wire/market.ts'

/** `candles` with those trades more that `more`, the candle of a minute or less, holds; else as {@link foldInto}. */
export const mergeInto = (candles: Candle[], more: Candle, interval: number): void => {
  const t = intervalStart(more.t, interval)
  let i = candles.length - 1
  while (i >= 0 && (candles[i]?.t ?? 0) > t) i--
  const found = candles[i]
  if (found?.t === t) candles[i] = mergeCandles(found, { ...more, t })
  else if (i >= 0 || candles.length === 0) candles.splice(i + 1, 0, { ...more, t })
}

/**
 * `candles` with one more trade, in whatever order trades come: it forms the newest bar, corrects an older one or opens
 * a missing one. A trade before the first bar belongs to history that was not loaded. Changes the array.
 */
export const foldInto = (candles: Candle[], trade: Trade, interval: number): void =>
  mergeInto(candles, foldTrade(null, trade, interval), interval)
