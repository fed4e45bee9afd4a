import * as fc from 'fast-check'
import type { Quote, Side, Trade } from '../../../wire/market.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Numbers from `min` to `max`, each part of the range as likely; `fc.double` prefers numbers near 0. */
export const evenly = (min: number, max: number): fc.Arbitrary<number> =>
  fc.nat(2 ** 31 - 1).map((n) => min + ((max - min) * n) / (2 ** 31 - 1))

/** Prices and sizes: plain ones, those that decimal text finds hard, and anything between 1e-9 and 1e15. */
export const amount: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, 100.25, 1e-7, 0.1 + 0.2, 123456789.12345679, 1e15, 999999999999999, 5e-324, 1 / 3),
  fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
)
/** A price: an amount, or what oil cost in April 2020, and spreads and power now and then. */
export const price: fc.Arbitrary<number> = fc.oneof(
  amount,
  fc.constantFrom(0, -37.63, -0.01, 1.35e-10),
  amount.map((some) => -some),
)
/** A size: an amount, or none. */
export const size: fc.Arbitrary<number> = fc.oneof(amount, fc.constant(0))
const side: fc.Arbitrary<Side | undefined> = fc.constantFrom('buy', 'sell', undefined)

/** Few distinct times, so that they meet: the edges of a few minutes of three days from `base`, the start of a day. */
export const times = (base: number): fc.Arbitrary<number> =>
  fc
    .tuple(fc.nat(2), fc.constantFrom(0, 1, 5, 14, 60, 1439), fc.constantFrom(0, 1, 30_000, 59_999))
    .map(([day, minute, ms]) => base + day * DAY_MS + minute * MINUTE_MS + ms)

/** Distinct trades, numbered from 1 in no order of time, given in any order. */
export const distinctTrades = (base: number, most = 30): fc.Arbitrary<Trade[]> =>
  fc
    .array(fc.record({ t: times(base), price, size, side }), { minLength: 1, maxLength: most })
    .map((trades) => trades.map(({ side, ...trade }, i): Trade => ({ id: i + 1, ...trade, ...(side && { side }) })))
    .chain((trades) => fc.shuffledSubarray(trades, { minLength: trades.length }))

/** One side of a quote: at times nobody offers anything. */
const offer = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(price, size) },
  { weight: 1, arbitrary: fc.constant([null, 0] as const) },
)
export const quotes = (base: number): fc.Arbitrary<Quote> =>
  fc.tuple(times(base), offer, offer).map(([t, [bid, bidSize], [ask, askSize]]) => ({ t, bid, bidSize, ask, askSize }))

/** `items` cut into batches of any length, in order. */
export const batches = <Item>(items: readonly Item[], most = 8): fc.Arbitrary<Item[][]> =>
  fc.array(fc.integer({ min: 1, max: most }), { minLength: items.length, maxLength: items.length }).map((lengths) => {
    const cut: Item[][] = []
    let at = 0
    for (const length of lengths) {
      if (at >= items.length) break
      cut.push(items.slice(at, at + length))
      at += length
    }
    return cut
  })
