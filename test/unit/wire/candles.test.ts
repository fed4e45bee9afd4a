import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyMarket, coarsen, foldTrade, intervalStart, mergeCandles } from '../../../wire/candles.ts'
import {
  type Candle,
  DAY,
  INTERVALS,
  MINUTE,
  type Quote,
  type SymbolSnapshot,
  type Trade,
} from '../../../wire/market.ts'
import { batches, distinctTrades, quotes, times } from './arbitraries.ts'
import { expectCandle, expectCandles, expectState } from './close.ts'
import { candlesOf, expectedOf } from './market-model.ts'

const BASE = Date.UTC(2024, 1, 28)
const NOTHING: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }
const intervals = fc.constantFrom(...Object.values(INTERVALS))

const fold = (trades: readonly Trade[], interval: number): Candle | null =>
  trades.reduce<Candle | null>((candle, trade) => foldTrade(candle, trade, interval), null)

test('an interval starts at a multiple of its length that is not after the time, and holds it', () => {
  fc.assert(
    fc.property(times(BASE), fc.constantFrom(MINUTE, DAY, ...Object.values(INTERVALS)), (t, interval) => {
      const start = intervalStart(t, interval)
      expect(start % interval).toBe(0)
      expect(start).toBeLessThanOrEqual(t)
      expect(start + interval).toBeGreaterThan(t)
    }),
  )
})

test('a candle is the same in whatever order its trades come', () => {
  fc.assert(
    fc.property(distinctTrades(BASE), intervals, (trades, interval) => {
      for (const [, group] of Map.groupBy(trades, ({ t }) => intervalStart(t, interval)))
        expectCandle(fold(group, interval), candlesOf(group, interval)[0] ?? null)
    }),
  )
})

test('a trade of the same millisecond opens and closes by its number', () => {
  const print = (id: number, price: number): Trade => ({ id, t: BASE + 5, price, size: 1 })
  const candle = fold([print(7, 70), print(9, 90), print(3, 30), print(8, 80)], MINUTE)
  expect(candle).toMatchObject({ open: 30, close: 90, first: [BASE + 5, 3], last: [BASE + 5, 9], count: 4 })
})

test('two candles merge into the candle of all their trades, either way round', () => {
  fc.assert(
    fc.property(distinctTrades(BASE), fc.nat(), (trades, cut) => {
      const near = trades.map((trade) => ({ ...trade, t: BASE + (trade.t % DAY) }))
      const at = 1 + (cut % Math.max(1, near.length - 1))
      const [a, b] = [fold(near.slice(0, at), DAY), fold(near.slice(at), DAY)]
      if (a === null || b === null) return
      const whole = candlesOf(near, DAY)[0] ?? null
      expectCandle(mergeCandles(a, b), whole)
      expectCandle(mergeCandles(b, a), whole)
    }),
  )
})

test('minutes made coarser are the candles of the coarser interval', () => {
  fc.assert(
    fc.property(distinctTrades(BASE), intervals, (trades, interval) => {
      expectCandles(coarsen(candlesOf(trades, MINUTE), interval), candlesOf(trades, interval))
    }),
  )
})

test('no candles made coarser are none', () => {
  expect(coarsen([], INTERVALS['1h'])).toEqual([])
})

test('a state after updates is that of all trades at once, and of the last quote', () => {
  const updates = distinctTrades(BASE).chain((trades) => fc.tuple(batches(trades), fc.array(quotes(BASE))))
  fc.assert(
    fc.property(updates, ([cut, given]) => {
      let quote: Quote | null = null
      const state = cut.reduce((state, trades, i) => {
        const update = { trades, ...(given[i] && { quote: given[i] }) }
        quote = given[i] ?? quote
        return applyMarket(state, update)
      }, NOTHING)
      expectState(state, expectedOf(cut.flat(), quote))
    }),
    { numRuns: 300 },
  )
})

test('a state that an update is applied to stays as it was', () => {
  fc.assert(
    fc.property(distinctTrades(BASE, 10), (trades) => {
      const before = trades.slice(1).reduce((state, trade) => applyMarket(state, { trades: [trade] }), NOTHING)
      const kept = structuredClone(before)
      applyMarket(before, { trades: trades.slice(0, 1) })
      expect(before).toEqual(kept)
    }),
  )
})
