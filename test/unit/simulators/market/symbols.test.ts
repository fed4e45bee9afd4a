import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { basePrice } from '../../../../simulators/market/share.ts'
import { readListings } from '../../../../simulators/market/symbols.ts'

describe('the shipped symbols', () => {
  const listings = readListings(readFileSync(new URL('../../../../data/symbols.csv', import.meta.url), 'utf8'))

  it('are the 503 of the index, each once, the well-known first', () => {
    expect(listings).toHaveLength(503)
    expect(new Set(listings.map(({ symbol }) => symbol)).size).toBe(503)
    expect(listings[0]).toEqual({ symbol: 'AAPL', name: 'Apple Inc.', sector: 'Information Technology' })
    expect(listings.findIndex(({ symbol }) => symbol === 'BRK.B')).toBeLessThan(60)
  })

  it('start at prices of all sizes, the same each time', () => {
    const prices = listings.map(({ symbol }) => basePrice(symbol))
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(20)
    expect(Math.max(...prices)).toBeLessThanOrEqual(480)
    expect(new Set(prices).size).toBeGreaterThan(480)
    expect(basePrice('AAPL')).toBe(basePrice('AAPL'))
  })

  it('are refused where a row is not one', () => {
    expect(() => readListings('symbol,name,sector\n{x},Braces Inc.,None\n')).toThrow('row 2')
  })
})
