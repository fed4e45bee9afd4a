import { conflateMarket } from '../conflate.ts'
import type { SymbolSnapshot } from '../market.ts'
import type { Kind } from './kind.ts'

const empty: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }

/** What is traded: `s:AAPL`. */
export const symbol = {
  letter: 's',
  id: 'name',
  parts: ['log', '1m', 'seen'],
  empty,
  conflate: conflateMarket,
  byName: true,
  missing: 'unknown_symbol',
} as const satisfies Kind
