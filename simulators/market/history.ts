import type { Trade } from '../../wire/market.ts'
import type { Market, Pace } from './market.ts'

/**
 * Of a thinned history, each symbol's mean trades a minute: enough for a candle a minute, and fuller ones in the last
 * hours.
 */
const PACE = { before: 2, lately: 6 }
const LATELY = 3 * 3_600_000
/** A step of the market, and the stretch whose trades are given out together, in milliseconds. */
const STEP = 4000
const STRETCH = 900_000

/**
 * `from` and `to` in Unix milliseconds; `firstId`: where live trades begin to be numbered; `live`: the pace at which
 * they come.
 */
export type Past = { symbols: number; from: number; to: number; firstId: number; live: Pace }

/**
 * The trades by symbol of the time before `to`, thinned, in stretches of a quarter of an hour, the newest first: what
 * charts show is there at once, and live trading need not wait. `market` is one that stands at the prices of `to`, and
 * goes backwards from them: a walk around a mean looks the same from either end. Numbers end below `firstId`. There are
 * no quotes, since an old one is of no use, and no sides, which would have to follow from prices to come. Each trade
 * stands for those that were thinned out of the live pace.
 */
export function* history(market: Market, { symbols, from, to, firstId, live }: Past): Generator<Map<string, Trade[]>> {
  const span = to - from
  let pace = 0
  let stretch = new Map<string, Trade[]>()
  for (let back = 0; back < span; ) {
    const wanted = back < LATELY ? PACE.lately : PACE.before
    if (wanted !== pace) market.setPace({ rate: (symbols * wanted) / 60, even: true, steady: true })
    pace = wanted
    const next = Math.min(span, back + STEP)
    for (const { symbol, trades } of market.step(to + back, (next - back) / 1000)) {
      const times = Math.max(1, Math.round(market.tradesAMinute(symbol, live, to - back) / wanted))
      const mirrored = trades.map(({ id, t, price, size }) => ({
        id: 2 * firstId - 1 - id,
        t: 2 * to - 1 - t,
        price,
        size: size * times,
      }))
      const known = stretch.get(symbol)
      if (known) known.push(...mirrored)
      else if (trades.length > 0) stretch.set(symbol, mirrored)
    }
    if (next === span || Math.floor(next / STRETCH) > Math.floor(back / STRETCH)) {
      for (const trades of stretch.values()) trades.reverse()
      yield stretch
      stretch = new Map()
    }
    back = next
  }
}
