import type { Trade } from '../../wire/market.ts'
import type { Market, Pace } from './market.ts'

/** Of a thinned history, each symbol's mean trades a minute: enough for a candle a minute, and fuller ones in the last hours. */
const PACE = { before: 2, lately: 6 }
const LATELY = 3 * 3_600_000
/** A step of the market, and the stretch whose trades are given out together, in milliseconds. */
const STEP = 1000
const STRETCH = 300_000

/**
 * The trades by symbol from `from` to `to` (Unix milliseconds) of a market of `symbols` symbols, thinned, in stretches of five minutes. The market
 * stands at `to` afterwards: what it does next follows on without a jump. There are no quotes: an old one is of no use. Each trade stands for
 * those that were thinned out of the `live` pace, so that volumes follow on as well.
 */
export function* history(
  market: Market,
  symbols: number,
  from: number,
  to: number,
  live: Pace,
): Generator<Map<string, Trade[]>> {
  let pace = 0
  let stretch = new Map<string, Trade[]>()
  for (let t = from; t < to; ) {
    const wanted = to - t > LATELY ? PACE.before : PACE.lately
    if (wanted !== pace) market.setPace({ rate: (symbols * wanted) / 60, even: true, steady: true })
    pace = wanted
    const next = Math.min(to, t + STEP)
    for (const { symbol, trades: few } of market.step(t, (next - t) / 1000)) {
      const times = Math.max(1, Math.round(market.tradesAMinute(symbol, live, t) / wanted))
      const trades = few.map((trade) => ({ ...trade, size: trade.size * times }))
      const known = stretch.get(symbol)
      if (known) known.push(...trades)
      else if (trades.length > 0) stretch.set(symbol, [...trades])
    }
    if (next === to || Math.floor(next / STRETCH) > Math.floor(t / STRETCH)) {
      yield stretch
      stretch = new Map()
    }
    t = next
  }
}
