import { describe, expect, test } from 'vitest'
import { nextSort, search, sortRows } from '../../../web/state/watchlist.ts'

describe('the watchlist', () => {
  const rows = [
    { symbol: 'MSFT', name: 'Microsoft', last: 3 },
    { symbol: 'A', name: 'Agilent', last: null },
    { symbol: 'AMS', name: 'American Shared', last: 9 },
  ]
  test('finds by symbol first, then by name', () => {
    expect(search(rows, 'a').map(({ symbol }) => symbol)).toEqual(['A', 'AMS'])
    expect(search(rows, 'MS').map(({ symbol }) => symbol)).toEqual(['MSFT', 'AMS'])
    expect(search(rows, 'soft').map(({ symbol }) => symbol)).toEqual(['MSFT'])
  })
  test('sorts numbers from the greatest, and what has none comes last both ways', () => {
    const sort = nextSort(null, 'last')
    expect(sortRows(rows, sort).map(({ symbol }) => symbol)).toEqual(['AMS', 'MSFT', 'A'])
    const back = nextSort(sort, 'last')
    expect(sortRows(rows, back).map(({ symbol }) => symbol)).toEqual(['MSFT', 'AMS', 'A'])
    expect(nextSort(back, 'last')).toBeNull()
    const alike = rows.map((row) => ({ ...row, last: 1 }))
    expect(sortRows(alike, sort).map(({ symbol }) => symbol)).toEqual(['A', 'AMS', 'MSFT'])
  })
})
