import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMarket } from '../../../web/state/market.ts'
import { foldSpark, type SparkPoint, sparkUpdate } from '../../../web/state/spark.ts'
import { conflateMarket } from '../../../wire/conflate.ts'
import { MINUTE, type SymbolSnapshot, type Trade } from '../../../wire/market.ts'

const T = 1_000 * MINUTE
const EMPTY: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }
const trade = (id: number, t: number, price: number): Trade => ({ id, t, price, size: 1 })

describe('the points of a sparkline', () => {
  const trades = fc.array(fc.record({ t: fc.nat(90 * MINUTE), price: fc.integer({ min: 1, max: 50 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  const inTime = (list: readonly Trade[]) => list.toSorted((a, b) => a.t - b.t || a.id - b.id)
  const fold = (list: readonly Trade[]) => {
    const points: SparkPoint[] = []
    for (const one of list) foldSpark(points, one)
    return points
  }

  test('are the last trade of each minute of the last hour, whatever order trades come in', () => {
    fc.assert(
      fc.property(trades, (raw) => {
        const numbered = raw.map(({ t, price }, i) => trade(i + 1, T + t, price))
        const points = fold(numbered)
        expect(points).toEqual(fold(inTime(numbered)))
        const newest = points.at(-1)?.minute ?? 0
        expect(points.every(({ minute }) => minute > newest - 60 * MINUTE)).toBe(true)
        expect(points.at(-1)?.price).toBe(inTime(numbered).at(-1)?.price)
      }),
    )
  })

  test('are the same where the updates were conflated', () => {
    fc.assert(
      fc.property(trades, (raw) => {
        const numbered = raw.map(({ t, price }, i) => trade(i + 1, T + t, price))
        const conflated: SparkPoint[] = []
        sparkUpdate(conflated, conflateMarket(numbered.map((one) => ({ trades: [one] }))))
        expect(conflated).toEqual(fold(numbered))
      }),
    )
  })
})

test('a sparkline goes on from the closes of the list, and a past that comes in later stands before them', () => {
  const market = createMarket(() => {})
  const prices = () => market.entry('X').spark.map(({ price }) => price)
  const last = trade(9, T, 99)
  const row = { symbol: 'X', name: 'X Inc.', prev: null, day: null, quote: null }
  market.list([{ ...row, last, spark: [98, 99] }])
  market.snapshot('X', { ...EMPTY, last: trade(10, T + 1, 100) }, 0, T)
  expect(prices()).toEqual([98, 100])
  market.update('X', { trades: [trade(11, T + MINUTE, 102)] }, 1)
  market.update('X', { trades: [trade(2, T - 5 * MINUTE, 50)] }, 1)
  expect(prices()).toEqual([50, 98, 100, 102])
  market.list([{ ...row, last, spark: [98, 99] }])
  expect(prices()).toEqual([50, 98, 100, 102])
})
