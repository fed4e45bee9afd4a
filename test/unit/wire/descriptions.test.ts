import { expect, test } from 'vitest'
import { checkSymbol, SYMBOL_PATTERNS } from '../../../wire/descriptions.ts'

test('a whole description is sound', () => {
  const whole = {
    type: 'future',
    currency: 'EUR',
    exchange: 'Börse Stuttgart',
    zone: 'Europe/Berlin',
    sessions: '0800-1200,1300-2200:23456|1000-1400:7',
    priceStep: 0.25,
  } as const
  expect(checkSymbol(whole)).toEqual({ sound: whole, wrong: [] })
})

const RIGHT = {
  type: ['stock', 'crypto'],
  currency: ['USD', 'USDT', '1INCH'],
  exchange: ['NYSE', 'X', '東証', 'Cboe BZX'],
  zone: ['UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'],
  sessions: ['24x7', '0930-1600', '0930-1600:23456', '1700-1600:1234567', '0000-2400:1'],
} as const
const WRONG = {
  type: ['', 'Stock', 'stock ', 'thing', 5, null],
  currency: ['', '$', 'usd', 'U', 'X'.repeat(13)],
  exchange: ['', ' NYSE', 'NYSE ', 'a"b', 'a\\b', 'a\nb', '\u0080', 'x'.repeat(33), '\ud800', {}],
  zone: ['', '+01:00', 'Europe/', '/Berlin', 'a b', 'a/b/c/d', 'x'.repeat(32), 'UTC\n'],
  sessions: ['', '9:30-16:00', '0930', '0930-1660', '2500-2600', '0930-1600:', '0930-1600:8', '24x7|0930-1600', '|'],
} as const

test.each(Object.keys(SYMBOL_PATTERNS) as (keyof typeof SYMBOL_PATTERNS)[])('%s is told right from wrong', (field) => {
  for (const value of RIGHT[field]) expect(checkSymbol({ [field]: value }).wrong, String(value)).toEqual([])
  for (const value of WRONG[field])
    expect(checkSymbol({ [field]: value }), String(value)).toEqual({ sound: {}, wrong: [field] })
})

test('a price step is a number above zero; what is not known is let be', () => {
  for (const priceStep of [1e-8, 0.01, 1000]) expect(checkSymbol({ priceStep }).wrong).toEqual([])
  for (const priceStep of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e10, '0.01', null])
    expect(checkSymbol({ priceStep }).wrong, String(priceStep)).toEqual(['priceStep'])
  expect(checkSymbol({ venue: 5, sector: 'x', currency: undefined })).toEqual({ sound: {}, wrong: [] })
})
