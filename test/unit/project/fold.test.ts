import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, foldChart } from '../../../docs/fold.ts'
import { applyMarket, foldTrade, intervalStart, mergeCandles } from '../../../wire/candles.ts'
import { conflateMarket } from '../../../wire/conflate.ts'
import { type Candle, INTERVALS, type SymbolSnapshot, type SymbolUpdate } from '../../../wire/market.ts'
import { distinctTrades, quotes } from '../wire/arbitraries.ts'

const BASE = Date.UTC(2024, 1, 28)
const NOTHING: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }

/** Updates in any order of time, some conflated: of up to four updates, trades and quotes. */
const updates = fc
  .tuple(distinctTrades(BASE), fc.array(fc.tuple(fc.nat(4), fc.nat(3), fc.option(quotes(BASE)))))
  .map(([trades, cuts]) => {
    const rest = trades.map((trade) => (trade.id % 3 === 0 ? { ...trade, price: -trade.price } : trade))
    const next = ([count, , quote]: (typeof cuts)[number]): SymbolUpdate => {
      const taken = rest.splice(0, count)
      return { ...(taken.length > 0 && { trades: taken }), ...(quote && { quote }) }
    }
    return cuts.map((cut) => (cut[1] === 0 ? next(cut) : conflateMarket([next(cut), next(cut)])))
  })

test("the page's code folds a symbol's state as the project does, whatever comes in whatever order", () => {
  fc.assert(
    fc.property(updates, (all) => {
      let [ours, theirs] = [NOTHING, NOTHING]
      for (const update of all) {
        ours = fold(ours, update) as SymbolSnapshot
        theirs = applyMarket(theirs, update)
        expect(ours).toEqual(theirs)
      }
    }),
    { numRuns: 300 },
  )
})

test("the page's code folds a chart of any interval as the project does", () => {
  fc.assert(
    fc.property(updates, fc.constantFrom(...Object.values(INTERVALS)), (all, interval) => {
      const bars = new Map<number, Candle>()
      for (const update of all) foldChart(bars, interval, update)
      const parts = all.flatMap(({ trades = [], candles = [] }) => [
        ...trades.map((trade) => foldTrade(null, trade, interval)),
        ...candles.map((candle) => ({ ...candle, t: intervalStart(candle.t, interval) })),
      ])
      const expected = Map.groupBy(parts, ({ t }) => t)
      expect([...bars]).toEqual([...expected].map(([t, group]) => [t, group.reduce(mergeCandles)]))
    }),
    { numRuns: 300 },
  )
})
