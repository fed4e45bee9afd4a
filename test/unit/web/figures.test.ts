import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatAge,
  formatAgo,
  formatChange,
  formatHeading,
  formatPercent,
  formatPrice,
  formatSpan,
  formatVolume,
  shareOf,
  wayOf,
} from '../../../web/state/format.ts'
import { createMarket } from '../../../web/state/market.ts'
import { longestPrices, priceAxis, priceOn } from '../../../web/state/price-axis.ts'
import type { Candle, PreviousClose, SymbolSnapshot } from '../../../wire/market.ts'

/** What a text of a price says, as a number. */
const read = (text: string): number => Number(text.replaceAll(',', '').replace('−', '-'))

describe('a price', () => {
  test('keeps the decimals that it comes with', () => {
    const prices = [266.5, 1234.5, 0.00123456, 97_123.1, 12, 1_234_567_000, 99.984375, 100.0001, 0.1 + 0.2]
    expect(prices.map((price) => formatPrice(price))).toEqual([
      ...['266.50', '1,234.50', '0.00123456', '97,123.10', '12.00', '1,234,567,000.00', '99.984375', '100.0001'],
      '0.30',
    ])
  })

  test('may be tiny, huge, zero or negative', () => {
    expect(
      [1.29e-10, 1.3e-10, 1.35e-10, 8.23e-6, 0, -37.63, -0.25, 1.234567e15, -2e-9, null].map((p) => formatPrice(p)),
    ).toEqual([
      ...['1.29e-10', '1.30e-10', '1.35e-10', '0.00000823', '0.00', '−37.63', '−0.25', '1.234567e15', '−2.00e-9'],
      '–',
    ])
    expect([0, 1.3e-10, -1e-12].map((price) => formatPrice(price, 12))).toEqual(['0', '1.30e-10', '−1e-12'])
    expect(formatPrice(-0.001, 2)).toBe('0.00')
    expect([99_999_999_996.1702, 1e12, -9e14, 1.5e300].map((p) => formatPrice(p))).toEqual([
      ...['99,999,999,996.1702', '1e12', '−9e14', '1.5e300'],
    ])
  })

  test('is told apart from any other of up to 15 digits, and read as what it is', () => {
    const decimal = fc
      .tuple(fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }), fc.integer({ min: -16, max: 6 }))
      .map(([digits, power]) => Number(`${digits}e${power}`))
    fc.assert(fc.property(decimal, (price) => void expect(read(formatPrice(price))).toBe(price + 0)))
  })

  test('takes no more room than a column can give', () => {
    const any = fc.double({ noDefaultInfinity: true, noNaN: true })
    fc.assert(
      fc.property(any, (price) => void expect(formatPrice(price).length).toBeLessThanOrEqual(23)),
      {
        numRuns: 1_000,
      },
    )
  })
})

describe('a change', () => {
  test('carries its sign, and nothing has none', () => {
    const changes = [-1.2, 0.001, -0.001, 0, 55.9].map((change) => formatChange(change, 2))
    expect(changes).toEqual(['−1.20', '0.00', '0.00', '0.00', '+55.90'])
    expect(formatChange(1.35e-10 - 1.29e-10, 12)).toBe('+6e-12')
    expect(formatChange(null, 2)).toBe('–')
  })

  test('in per cent is short, and a dash against zero and against a negative price', () => {
    expect([0.0123, -0.5, -3.0597, 12.3, 1234.5, 12_345_678, 0.00001].map(formatPercent)).toEqual([
      ...['+1.23%', '−50.00%', '−305.97%', '+1,230%', '+123,450%', '+1.23B%', '0.00%'],
    ])
    expect(formatPercent(shareOf(-37.63, 18.27))).toBe('−305.97%')
    expect([shareOf(-35, -37.63), shareOf(1, 0), shareOf(0, -1)].map(formatPercent)).toEqual(['–', '–', '–'])
  })

  test('that says a dash or zero went no way', () => {
    const figures = [formatPercent(0.1), formatPercent(-0.1), formatPercent(0.00001), formatPercent(null)]
    expect(figures.map(wayOf)).toEqual(['up', 'down', '', ''])
    expect([1, -1, -0.001, null].map((change) => wayOf(formatChange(change, 2)))).toEqual(['up', 'down', '', ''])
  })

  const quoted = (last: number, prev: number | null, more: Partial<SymbolSnapshot> = {}) => {
    const market = createMarket(() => {})
    const close: PreviousClose | null = prev === null ? null : { price: prev, t: 0, id: 1 }
    const trade = { id: 2, t: 60_000, price: last, size: 0 }
    market.snapshot('X', { last: trade, prev: close, quote: null, day: null, candle: null, ...more }, 0, 0)
    market.flush()
    const { change, share, changeDecimals: decimals, bid, ask, volume } = market.entry('X').quoted.value
    return [
      formatChange(change, decimals),
      formatPercent(share),
      ...[bid, ask].map((p) => formatPrice(p)),
      formatVolume(volume),
    ]
  }
  test('of oil in April 2020, of a spread, of what was given away, and of a price with finer steps before', () => {
    expect(quoted(-37.63, 18.27).slice(0, 2)).toEqual(['−55.90', '−305.97%'])
    expect(quoted(10.01, -37.63).slice(0, 2)).toEqual(['+47.64', '–'])
    expect(quoted(0, 18.27).slice(0, 2)).toEqual(['−18.27', '−100.00%'])
    expect(quoted(0.25, 0).slice(0, 2)).toEqual(['+0.25', '–'])
    expect(quoted(100, 99.875).slice(0, 2)).toEqual(['+0.125', '+0.13%'])
    expect(quoted(1, null).slice(0, 2)).toEqual(['–', '–'])
  })

  test('stands beside quotes of which a side may be empty, and a volume that may be zero', () => {
    const [first, last]: Candle['first'][] = [
      [0, 1],
      [0, 2],
    ]
    const day = { t: 0, open: 1, high: 1, low: 1, close: 1, volume: 0, count: 2, first, last } as Candle
    const quote = { t: 1, bid: null, bidSize: 0, ask: -1.5, askSize: 0 }
    expect(quoted(1, null, { quote, day })).toEqual(['0.00', '0.00%', '–', '−1.50', '0'])
    expect(quoted(1, null, { quote: { ...quote, ask: null }, day }).slice(2)).toEqual(['–', '–', '0'])
  })
})

test('volumes have three digits, ages, spans and headings are short', () => {
  const volumes = [0, 1, 999, 999.6, 1_234, 12_345, 999_999, 1_234_567, 0.0123, 1e-9, 2e15]
  expect(volumes.map(formatVolume)).toEqual([
    ...['0', '1', '999', '1.00K', '1.23K', '12.3K', '1.00M', '1.23M', '0.0123', '1.00e-9', '2.00e15'],
  ])
  expect([0, 850, 12_000, 240_000, 7_200_000].map(formatAge)).toEqual(['<1 ms', '850 ms', '12 s', '4 min', '2 h'])
  expect([90_000, 7_620_000, 3_600_000, 236_000_000].map(formatSpan)).toEqual(['2 min', '2 h 7 min', '1 h', '2 d 17 h'])
  expect([400, 12_000].map(formatAgo)).toEqual(['just now', '12 s ago'])
  expect([0, 359.9, 90].map(formatHeading)).toEqual(['0° N', '0° N', '90° E'])
})

describe('the axis of prices', () => {
  const bar = (low: number, high: number, close = high): Candle => ({
    ...{ t: 0, open: low, high, low, close, volume: 0, count: 1 },
    ...{ first: [0, 1], last: [0, 1] },
  })
  const labels = (...seen: Candle[]): string[] => {
    const axis = priceAxis(seen, 8)
    return axis?.ticks.map((price) => priceOn(axis, price)) ?? []
  }

  test('tells prices apart, whatever their size and sign', () => {
    expect(labels(bar(1.29e-10, 1.35e-10))).toEqual([...['1.28e-10', '1.3e-10', '1.32e-10', '1.34e-10']])
    expect(labels(bar(1_234_567_000, 1_234_569_000)).at(0)).toBe('1,234,566,500.00')
    expect(labels(bar(-37.63, 18.27))).toEqual(['−40.00', '−20.00', '0.00', '20.00'])
    expect(labels(bar(0, 0))).toEqual(['−0.01', '0.00'])
    expect(labels(bar(10_000, 50_000, 12_345.678901))).toContain('20,000.00')
    expect(labels(bar(1.2, 1.3, 1.23456789)).at(-1)).toBe('1.300000')
    expect(labels(bar(-1e-7, 0))).toContain('−1e-7')
    expect(priceAxis([], 8)).toBeNull()
  })

  test('is in one style, and short, where its prices are on both sides of the powers of ten', () => {
    expect(labels(bar(0, 1.2e15))).toEqual(['0', '5e14', '1e15'])
    expect(labels(bar(9.99e11, 1.001e12))).toEqual(['9.99e11', '1e12', '1.001e12'])
    expect(labels(bar(0, 2e-6))).toEqual(['0.000000', '0.000001', '0.000002'])
  })

  test('has marks that differ, within its bounds, and not more than have room; no price on it is longer than was said', () => {
    const price = fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: -12, max: 14 }))
      .map(([digits, power]) => Number(`${digits}e${power}`))
    fc.assert(
      fc.property(price, price, fc.integer({ min: 3, max: 20 }), (a, b, most) => {
        const axis = priceAxis([bar(Math.min(a, b), Math.max(a, b))], most)
        if (axis === null) throw new Error('there is a bar')
        const texts = axis.ticks.map((tick) => priceOn(axis, tick))
        const told = texts.filter((text) => !/^[0.]+$/.test(text))
        expect(new Set(told.map((text) => text.includes('e'))).size).toBeLessThanOrEqual(1)
        expect(new Set(texts).size).toBe(texts.length)
        expect(texts.length).toBeLessThanOrEqual(most)
        expect(axis.ticks.every((tick) => tick >= axis.min && tick <= axis.max)).toBe(true)
        const longest = Math.max(...longestPrices(axis, a).map(({ length }) => length))
        for (const text of texts) expect(text.length).toBeLessThanOrEqual(longest)
      }),
    )
  })
})
