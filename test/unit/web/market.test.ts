import { describe, expect, test } from 'vitest'
import { createMarket } from '../../../web/state/market.ts'
import { referencePrice } from '../../../web/state/quoted.ts'
import { quietSymbols } from '../../../web/state/staleness.ts'
import { type Candle, MINUTE, type SymbolSnapshot } from '../../../wire/market.ts'

const T = 100 * MINUTE
const EMPTY: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }
const at = (price: number, id = 1, t = T): SymbolSnapshot => ({
  ...EMPTY,
  last: { id, t, price, size: 1 },
  prev: { price: 90, t: 0, id: 0 },
})
const setUp = () => {
  let woken = 0
  const market = createMarket(() => void woken++)
  const quoted = () => market.entry('X').quoted.value
  return { market, quoted, woken: () => woken }
}

describe('a row', () => {
  test('is handed to the views at a flush only, however many updates came', () => {
    const { market, quoted, woken } = setUp()
    market.snapshot('X', at(100), 0, T)
    expect(woken()).toBe(1)
    market.flush()
    for (const [i, price] of [101, 99, 102].entries())
      market.update('X', { trades: [{ id: i + 2, t: T + i, price, size: 1 }] }, 5)
    expect(quoted().last).toBe(100)
    expect(woken()).toBe(4)
    market.flush()
    expect(quoted()).toMatchObject({ last: 102, change: 12, direction: 1, changed: 3, heardAt: 5 })
    expect(quoted().share).toBeCloseTo(12 / 90)
  })

  test('changes against the previous close, else against the open of the day', () => {
    const day = {
      t: 0,
      open: 50,
      high: 60,
      low: 40,
      close: 55,
      volume: 1,
      count: 1,
      first: [0, 1],
      last: [0, 1],
    } satisfies SymbolSnapshot['day']
    expect(referencePrice({ prev: { price: 90, t: 0, id: 1 }, day })).toBe(90)
    expect(referencePrice({ prev: null, day })).toBe(50)
    expect(referencePrice({ prev: null, day: null })).toBeNull()
  })

  test('shows what the list says of it until it is heard, and no longer then', () => {
    const { market, quoted } = setUp()
    const [first, last]: Candle['first'][] = [
      [T, 1],
      [T, 2],
    ]
    const day = { t: 0, open: 50, high: 60, low: 40, close: 55, volume: 7, count: 2, first, last } as Candle
    const trade = { id: 2, t: T, price: 55, size: 1 }
    const row = { symbol: 'X', name: 'X Inc.', last: trade, prev: null, day, quote: null, spark: [] }
    market.list([row])
    market.flush()
    expect(quoted()).toMatchObject({ last: 55, change: 5, share: 0.1, volume: 7 })
    market.snapshot('X', at(100), 1_000_000, T)
    market.list([row])
    market.flush()
    expect(quoted()).toMatchObject({ last: 100, change: 10, volume: null })
  })

  test('adds volumes as people reckon them', () => {
    const { market, quoted } = setUp()
    market.snapshot('X', EMPTY, 0, T)
    for (let i = 0; i < 10; i++) market.update('X', { trades: [{ id: i + 1, t: T, price: 1, size: 0.1 }] }, 5)
    market.flush()
    expect(quoted().volume).toBe(1)
  })

  test('does not take a late trade for the newest', () => {
    const { market, quoted } = setUp()
    market.snapshot('X', at(100, 5), 0, T)
    market.update('X', { trades: [{ id: 4, t: T - 1, price: 1, size: 1 }] }, 5)
    market.flush()
    expect(quoted()).toMatchObject({ last: 100, changed: 0 })
  })

  test('is as old as its last trade or quote when it comes in a snapshot', () => {
    const { market, quoted } = setUp()
    market.snapshot('X', at(100), 1_000_000, T + 30_000)
    market.flush()
    expect(quoted().heardAt).toBe(970_000)
  })

  test('tells what was refused until it is heard again', () => {
    const { market, quoted } = setUp()
    market.refuse('X', 'unknown')
    market.flush()
    expect(quoted().refused).toBe('unknown')
    market.snapshot('X', at(1), 0, T)
    market.flush()
    expect(quoted().refused).toBeNull()
  })
})

describe('quiet symbols', () => {
  test('are those unheard for long while others are heard', () => {
    const heard = [
      { symbol: 'OLD', heardAt: 0 },
      { symbol: 'NEW', heardAt: 200_000 },
    ]
    expect([...quietSymbols(heard, 201_000)]).toEqual(['OLD'])
  })
  test('are none when nobody is heard: that is said once, elsewhere', () => {
    expect(quietSymbols([{ symbol: 'OLD', heardAt: 0 }], 500_000).size).toBe(0)
  })
})
