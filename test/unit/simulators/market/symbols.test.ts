import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { described, readListings } from '../../../../simulators/market/symbols.ts'
import { checkSymbol } from '../../../../wire/descriptions.ts'

describe('the shipped symbols', () => {
  const listings = readListings(readFileSync(new URL('../../../../data/symbols.csv', import.meta.url), 'utf8'))

  it('are the 503 of the index, each once, the well-known first', () => {
    expect(listings).toHaveLength(503)
    expect(new Set(listings.map(({ symbol }) => symbol)).size).toBe(503)
    expect(listings[0]).toEqual({
      symbol: 'AAPL',
      name: 'Apple Inc.',
      sector: 'Information Technology',
      exchange: 'NASDAQ',
      price: 309.35,
    })
    expect(listings.findIndex(({ symbol }) => symbol === 'BRK.B')).toBeLessThan(60)
  })

  it('start where these shares trade, and are described', () => {
    const priceOf = (symbol: string) => listings.find((each) => each.symbol === symbol)?.price ?? 0
    expect(priceOf('F')).toBeGreaterThan(8)
    expect(priceOf('F')).toBeLessThan(20)
    expect(priceOf('NVR')).toBeGreaterThan(4000)
    for (const listing of listings) {
      const { symbol, name, ...more } = described(listing)
      expect(name, symbol).toBe(listing.name)
      expect(checkSymbol(more), symbol).toEqual({ sound: more, wrong: [] })
    }
    expect(new Set(listings.map(({ exchange }) => exchange))).toEqual(new Set(['NYSE', 'NASDAQ', 'CBOE']))
  })

  it('are refused where a row is not one', () => {
    const read = (row: string) => () => readListings(`symbol,name,sector,exchange,price\n${row}\n`)
    for (const row of ['{x},Braces Inc.,None,NYSE,5', 'X,X Inc.,None,NYSE,', 'X,X Inc.,None,NYSE,free', 'X,,,NYSE,5'])
      expect(read(row), row).toThrow('row 2')
  })
})
