import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMinutes, createTradeNumbers, joinParts } from '../../../../archive/tool/import/minutes.ts'
import { foldTrade } from '../../../../wire/candles.ts'
import { type Candle, MINUTE, type Trade } from '../../../../wire/market.ts'

const START = 1_600_000_020_000
const trade = (id: number, t: number, price = id): Trade => ({ id, t: START + t, price, size: 1 })
const fold = (trades: readonly Trade[]): Candle => {
  const [first, ...rest] = trades
  if (!first) throw new Error('no trades')
  return rest.reduce((candle, each) => foldTrade(candle, each, MINUTE), foldTrade(null, first, MINUTE))
}

describe('minutes of a file', () => {
  it('are given out once they are over, the first and the last of a symbol as edges', () => {
    const given: [string, number, number, boolean][] = []
    const minutes = createMinutes((symbol, { t, count }, isEdge) => given.push([symbol, t - START, count, isEdge]))
    for (const t of [0, 1000, 60_000, 119_999, 120_000]) minutes.add('A', trade(t + 1, t))
    minutes.add('B', trade(1, 130_000))
    minutes.end()
    expect(given).toEqual([
      ['A', 0, 2, true],
      ['A', 60_000, 2, false],
      ['A', 120_000, 1, true],
      ['B', 120_000, 1, true],
    ])
  })

  it('of two files that were cut anywhere are those of one, in whatever order, and again', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 59_999 }), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.boolean(),
        (times, place, isTurned) => {
          const trades = times.sort((a, b) => a - b).map((t, i) => trade(i + 1, t))
          const cut = 1 + (place % (trades.length - 1))
          const parts = [trades.slice(0, cut), trades.slice(cut)].map(fold)
          if (isTurned) parts.reverse()
          let kept: Candle | undefined
          for (const part of [...parts, ...parts]) {
            const joined = joinParts(kept, part)
            // The archive keeps whichever has more trades.
            if (kept === undefined || joined.count >= kept.count) kept = joined
          }
          expect(kept).toEqual(fold(trades))
        },
      ),
    )
  })
})

it('numbers trades without a number by their time, each differently, the same each time', () => {
  const number = () => {
    const numbered = createTradeNumbers()
    return [0, 0, 5, 5, 0].map((t, i) => numbered(i === 4 ? 'B' : 'A', trade(0, t)).id)
  }
  expect(number()).toEqual([1, 2, 5001, 5002, 1].map((id) => START * 1000 + id))
  expect(number()).toEqual(number())
  expect(createTradeNumbers()('A', trade(7, 0)).id).toBe(7)
})
