import type { Candle, PreviousClose, Quote, SymbolSnapshot, Trade } from '../../../wire/market.ts'

/** What Redis is to hold, told by sorting and filtering all trades at once: no folding, no order of arrival. */
export type Expected = SymbolSnapshot & { minutes: Candle[] }

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS

const ordered = (trades: readonly Trade[]): Trade[] => [...trades].sort((a, b) => a.t - b.t || a.id - b.id)

const candleOf = (unsorted: readonly Trade[], interval: number): Candle => {
  const trades = ordered(unsorted)
  const prices = trades.map(({ price }) => price)
  const [opening, closing] = [trades[0], trades.at(-1)]
  if (!opening || !closing) throw new Error('a candle without trades')
  return {
    t: opening.t - (opening.t % interval),
    open: opening.price,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: closing.price,
    volume: trades.reduce((sum, { size }) => sum + size, 0),
    count: trades.length,
    first: [opening.t, opening.id],
    last: [closing.t, closing.id],
  }
}

/** The candles of all intervals that have trades, oldest first. */
export const candlesOf = (trades: readonly Trade[], interval: number): Candle[] =>
  [...Map.groupBy(trades, ({ t }) => Math.floor(t / interval)).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, group]) => candleOf(group, interval))

/** The state that distinct trades and a last quote make. */
export const expectedOf = (trades: readonly Trade[], quote: Quote | null): Expected => {
  const last = ordered(trades).at(-1) ?? null
  const minutes = candlesOf(trades, MINUTE_MS)
  if (!last) return { last, quote, day: null, prev: null, candle: null, minutes }
  const today = Math.floor(last.t / DAY_MS)
  const earlier = ordered(trades.filter(({ t }) => Math.floor(t / DAY_MS) < today)).at(-1)
  const prev: PreviousClose | null = earlier ? { price: earlier.price, t: earlier.t, id: earlier.id } : null
  return {
    last,
    quote,
    day: candlesOf(trades, DAY_MS).at(-1) ?? null,
    prev,
    candle: minutes.at(-1) ?? null,
    minutes,
  }
}
