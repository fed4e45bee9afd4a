import { foldTrade, intervalStart } from '../../../wire/candles.ts'
import type { Candle, Trade } from '../../../wire/market.ts'

export const trade = (id: number, t: number, price = 100 + (id % 7), size = 1): Trade => ({ id, t, price, size })

/** All trades folded at once, in the order of time: what every chart must come to. */
export const foldAll = (trades: readonly Trade[], interval: number): Candle[] => {
  const byStart = new Map<number, Candle>()
  for (const one of trades) {
    const t = intervalStart(one.t, interval)
    byStart.set(t, foldTrade(byStart.get(t) ?? null, one, interval))
  }
  return [...byStart.values()].toSorted((a, b) => a.t - b.t)
}
