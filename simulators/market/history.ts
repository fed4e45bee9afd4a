import type { Market, MarketBatch } from './market.ts'

/** Of a thinned history: each symbol's mean trades a minute, so that every minute's candle has some to be drawn from. */
export const HISTORY_TRADES_A_MINUTE = 6
const STEP_SECONDS = 1

/**
 * The time from `from` to `to` (Unix milliseconds) of a market, thinned, in steps of a second. The market stands at `to` afterwards: what
 * it does next follows on without a jump. Trades only: an old quote is of no use to anyone.
 */
export function* history(market: Market, symbols: number, from: number, to: number): Generator<MarketBatch[]> {
  market.setPace({ rate: (symbols * HISTORY_TRADES_A_MINUTE) / 60, even: true, steady: true })
  for (let t = from; t < to; ) {
    const dt = Math.min(STEP_SECONDS, (to - t) / 1000)
    yield market
      .step(t, dt)
      .filter(({ trades }) => trades.length > 0)
      .map((batch) => ({ ...batch, quote: null }))
    t += dt * 1000
  }
}
