import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldInto } from '../../../web/state/fold.ts'
import { coarsen } from '../../../wire/candles.ts'
import { type Candle, MINUTE } from '../../../wire/market.ts'
import { foldAll, trade } from './trades.ts'

describe('folding a trade into candles', () => {
  const trades = fc.array(fc.record({ t: fc.nat(6 * MINUTE), price: fc.integer({ min: 1, max: 50 }) }), {
    minLength: 1,
    maxLength: 40,
  })

  test('in any order gives the candles that all trades together give', () => {
    fc.assert(
      fc.property(trades, (raw) => {
        const numbered = raw.map(({ t, price }, i) => ({ ...trade(i + 1, t + MINUTE), price }))
        const first = trade(1_000, 0)
        const candles: Candle[] = []
        for (const one of [first, ...numbered]) foldInto(candles, one, MINUTE)
        expect(candles).toEqual(foldAll([first, ...numbered], MINUTE))
      }),
    )
  })

  test('five minutes folded live equal minutes folded into five', () => {
    fc.assert(
      fc.property(trades, (raw) => {
        const numbered = raw.map(({ t }, i) => trade(i + 1, t)).toSorted((a, b) => a.t - b.t)
        const live: Candle[] = []
        for (const one of numbered) foldInto(live, one, 5 * MINUTE)
        expect(live).toEqual(coarsen(foldAll(numbered, MINUTE), 5 * MINUTE))
      }),
    )
  })

  test('before the first loaded bar is left to history', () => {
    const candles = foldAll([trade(5, 5 * MINUTE)], MINUTE)
    foldInto(candles, trade(1, 0), MINUTE)
    expect(candles).toHaveLength(1)
  })
})
