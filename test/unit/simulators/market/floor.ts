import { createMarket, type MarketBatch, type MarketOptions } from '../../../../simulators/market/market.ts'
import type { Trade } from '../../../../wire/market.ts'

/** A weekday, within the session. */
export const START = Date.UTC(2026, 0, 5, 15)
export const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'BRK.B', 'XOM', 'KO']
/** Symbols and the prices that they start at. */
export const STARTS = SYMBOLS.map((symbol, place) => ({ symbol, price: 40 * (place + 1) }))
export const options = (more: Partial<MarketOptions> = {}): MarketOptions => ({
  symbols: STARTS,
  seed: 1,
  firstId: 1000,
  pace: { rate: 60, even: true, steady: true },
  ...more,
})

/** Every step of `seconds` seconds of a market. */
export const run = (given: MarketOptions, seconds: number, dt = 1): MarketBatch[][] => {
  const market = createMarket(given)
  return Array.from({ length: Math.round(seconds / dt) }, (_, i) => market.step(START + i * dt * 1000, dt))
}
export const tradesOf = (steps: readonly MarketBatch[][], symbol: string): Trade[] =>
  steps.flat().flatMap((batch) => (batch.symbol === symbol ? batch.trades : []))
