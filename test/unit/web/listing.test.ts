import { expect, test, vi } from 'vitest'
import { createListing } from '../../../web/state/listing.ts'
import { createMarket } from '../../../web/state/market.ts'
import { createPrefs } from '../../../web/state/prefs.ts'
import type { SymbolRow } from '../../../wire/api.ts'

const row = (symbol: string): SymbolRow => ({
  symbol,
  name: symbol,
  last: null,
  prev: null,
  day: null,
  quote: null,
  spark: [],
})

const setUp = (replies: SymbolRow[][], remembered?: unknown) => {
  const kept = new Map<string, string>()
  if (remembered !== undefined) kept.set('watchfloor.symbols', JSON.stringify(remembered))
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const load = vi.fn(async () => ({ symbols: replies.shift() ?? [] }))
  const market = createMarket(() => {})
  const listing = createListing({ load, market, prefs: createPrefs(shelf), random: () => 0 })
  return { listing, load, market }
}

test('while there are no symbols the list is read every second, and then seldom', async () => {
  vi.useFakeTimers()
  const { listing, load } = setUp([[], [], [row('A')]])
  listing.start()
  await vi.advanceTimersByTimeAsync(2_100)
  expect(load).toHaveBeenCalledTimes(3)
  expect(listing.symbols.value).toEqual(['A'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(load).toHaveBeenCalledTimes(3)
  vi.useRealTimers()
})

test('a watchlist begins with the first listed, unless a choice was remembered, even none', async () => {
  vi.useFakeTimers()
  const listed = Array.from({ length: 99 }, (_, i) => row(`S${i}`))
  const begins = async (remembered?: unknown) => {
    const { listing } = setUp([listed], remembered)
    listing.start()
    await vi.advanceTimersByTimeAsync(0)
    return listing.symbols.value
  }
  expect(await begins()).toEqual(listed.slice(0, 30).map(({ symbol }) => symbol))
  expect(await begins('not a list')).toHaveLength(30)
  expect(await begins([])).toEqual([])
  expect(await begins(['btcusdt', 'BTC/USD', '{no name}', 'btcusdt', 7])).toEqual(['btcusdt', 'BTC/USD'])
  expect(await begins(Array.from({ length: 300 }, (_, i) => `R${i}`))).toHaveLength(200)
  vi.useRealTimers()
})

test('a watched symbol is out of sight unless its row is seen: scrolled away, not found by the search, or behind the chart', async () => {
  vi.useFakeTimers()
  const { listing } = setUp([[row('A'), row('B'), row('C')]])
  listing.start()
  await vi.advanceTimersByTimeAsync(0)
  expect([...listing.hidden.value]).toEqual([])
  listing.see(new Set(['B', 'other']))
  expect([...listing.hidden.value]).toEqual(['A', 'C'])
  listing.see(new Set())
  expect([...listing.hidden.value]).toEqual(['A', 'B', 'C'])
  vi.useRealTimers()
})

test('while a feed writes the past of a symbol, and once it has, the list is read again for its sparkline', async () => {
  vi.useFakeTimers()
  const now = { id: 5, t: 6_000_000, price: 1, size: 1 }
  const { listing, load, market } = setUp([[{ ...row('A'), last: now, spark: [1] }], [row('A')]])
  listing.start()
  await vi.advanceTimersByTimeAsync(0)
  market.update('A', { trades: [{ ...now, id: 6 }] }, 1)
  listing.tick(1)
  market.update('A', { trades: [{ ...now, id: 1, t: 5_000_000 }] }, 2)
  listing.tick(2)
  expect(load).toHaveBeenCalledTimes(1)
  listing.tick(3)
  listing.tick(4)
  expect(load).toHaveBeenCalledTimes(2)
  for (let i = 0; i < 6; i++) {
    market.update('A', { trades: [{ ...now, id: 1, t: 4_900_000 }] }, 2)
    listing.tick(5 + i)
  }
  expect(load).toHaveBeenCalledTimes(3)
  vi.useRealTimers()
})

test('a symbol that is silent while others speak is quiet, from one tick to the next', () => {
  const { listing, market } = setUp([], ['A', 'B'])
  for (const symbol of ['A', 'B']) market.update(symbol, {}, 1_000)
  listing.tick(2_000)
  expect([...listing.quiet.value]).toEqual([])
  market.update('B', {}, 100_000)
  listing.tick(100_001)
  expect([...listing.quiet.value]).toEqual(['A'])
  market.update('A', {}, 100_002)
  listing.tick(100_003)
  expect([...listing.quiet.value]).toEqual([])
})
