import { describe, expect, it } from 'vitest'
import { history } from '../../../../simulators/market/history.ts'
import { createMarket } from '../../../../simulators/market/market.ts'
import type { Trade } from '../../../../wire/market.ts'
import { options, START, SYMBOLS, tradesOf } from './floor.ts'

describe('a market’s history', () => {
  const live = { rate: 60, even: true, steady: true }
  const from = START - 4 * 3_600_000 - 12_345
  const stretches = () => {
    const past = createMarket(options({ seed: 2, firstId: 50_000 }))
    return [...history(past, { symbols: SYMBOLS.length, from, to: START, firstId: 50_000, live })]
  }

  it('comes the newest first, numbered below what is live and without gaps, in order of time', () => {
    const given = stretches()
    for (const symbol of SYMBOLS) {
      const trades = given.toReversed().flatMap((stretch) => stretch.get(symbol) ?? [])
      expect(trades.map(({ id }) => id)).toEqual(trades.map((_, i) => 50_000 - trades.length + i))
      expect(trades.map(({ t }) => t)).toEqual(trades.map(({ t }) => t).toSorted((a, b) => a - b))
      expect(trades.every(({ t }) => t >= from && t < START)).toBe(true)
      const newest = given[0]?.get(symbol) ?? []
      expect(newest.length).toBeGreaterThan(0)
      expect(newest.every(({ t }) => t >= START - 900_000)).toBe(true)
    }
  })

  it('has trades in every minute or so and joins what follows without a jump', () => {
    const given = stretches().toReversed()
    const market = createMarket(options({ pace: live }))
    const following = Array.from({ length: 60 }, (_, i) => market.step(START + i * 1000, 1))
    for (const symbol of SYMBOLS) {
      const trades = given.flatMap((stretch) => stretch.get(symbol) ?? [])
      const minutes = new Set(trades.map(({ t }) => Math.floor(t / 60_000)))
      expect(minutes.size).toBeGreaterThan(0.8 * 240)
      // As much is traded in a minute as live, though in fewer prints.
      const volume = (list: readonly Trade[]) => list.reduce((sum, { size }) => sum + size, 0)
      expect(volume(trades) / 240).toBeGreaterThan(volume(tradesOf(following, symbol)) / 3)
      expect(volume(trades) / 240).toBeLessThan(volume(tradesOf(following, symbol)) * 3)
      // A few spreads, not a new beginning.
      const [last, first] = [trades.at(-1), tradesOf(following, symbol)[0]]
      expect(Math.abs((first?.price ?? 0) / (last?.price ?? 1) - 1)).toBeLessThan(0.005)
    }
  })
})
