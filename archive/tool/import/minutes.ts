import { foldTrade, intervalStart, mergeCandles } from '../../../wire/candles.ts'
import { type Candle, MINUTE, type Trade } from '../../../wire/market.ts'
import { isBefore } from '../../../wire/order.ts'

/** Takes a minute of a symbol. `isEdge`: it is the first or the last of its symbol, of which a file may hold a part. */
export type TakeMinute = (symbol: string, candle: Candle, isEdge: boolean) => void

/** Folds trades, which come in order of time, into the minutes of their symbols. */
export const createMinutes = (take: TakeMinute) => {
  const open = new Map<string, { candle: Candle; isFirst: boolean }>()
  return {
    add: (symbol: string, trade: Trade): void => {
      const known = open.get(symbol)
      if (known?.candle.t === intervalStart(trade.t, MINUTE)) {
        known.candle = foldTrade(known.candle, trade, MINUTE)
        return
      }
      if (known) take(symbol, known.candle, known.isFirst)
      open.set(symbol, { candle: foldTrade(null, trade, MINUTE), isFirst: known === undefined })
    },
    end: (): void => {
      for (const [symbol, { candle }] of open) take(symbol, candle, true)
      open.clear()
    },
  }
}

/**
 * Two states of one minute as one: of parts that share no trade the sum; else the new one, and the archive keeps
 * whichever has more trades.
 */
export const joinParts = (known: Candle | undefined, candle: Candle): Candle =>
  known && (isBefore(known.last, candle.first) || isBefore(candle.last, known.first))
    ? mergeCandles(known, candle)
    : candle

/** What a millisecond's trades are numbered from where they have no number: more of them go on into the next one's. */
const A_MILLISECOND = 1000

/** Numbers trades that have no number, by their time and their place among those of the same one. */
export const createTradeNumbers = (): ((symbol: string, trade: Trade) => Trade) => {
  const lasts = new Map<string, { t: number; count: number }>()
  return (symbol, trade) => {
    if (trade.id > 0) return trade
    const last = lasts.get(symbol)
    const count = last?.t === trade.t ? last.count + 1 : 1
    lasts.set(symbol, { t: trade.t, count })
    return { ...trade, id: trade.t * A_MILLISECOND + count }
  }
}
