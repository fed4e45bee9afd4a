import type { Market, MarketBatch } from './market.ts'

/** Of a thinned history, each symbol's mean trades a minute: enough for a candle a minute, and fuller ones in the last hours. */
const PACE = { before: 2, lately: 6 }
const LATELY = 3 * 3_600_000
const STEP_SECONDS = 1

/**
 * The time from `from` to `to` (Unix milliseconds) of a market of `symbols` symbols, thinned, in steps of a second. The market stands at `to` afterwards:
 * what it does next follows on without a jump. Trades only: an old quote is of no use to anyone.
 */
export function* history(market: Market, symbols: number, from: number, to: number): Generator<MarketBatch[]> {
  let pace = 0
  for (let t = from; t < to; ) {
    const wanted = to - t > LATELY ? PACE.before : PACE.lately
    if (wanted !== pace) market.setPace({ rate: (symbols * wanted) / 60, even: true, steady: true })
    pace = wanted
    const dt = Math.min(STEP_SECONDS, (to - t) / 1000)
    yield market
      .step(t, dt)
      .filter(({ trades }) => trades.length > 0)
      .map((batch) => ({ ...batch, quote: null }))
    t += dt * 1000
  }
}
