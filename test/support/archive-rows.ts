import type { FixRow, MinuteRow } from '../../archive/archive.ts'
import { quadkeyOf } from '../../wire/cells.ts'
import type { Fix } from '../../wire/fleet.ts'
import { type Candle, MINUTE } from '../../wire/market.ts'

export const T = Date.UTC(2026, 10, 30)
export const HOUR = 60 * MINUTE

export const candle = (t: number, more: Partial<Candle> = {}): Candle => ({
  t,
  open: 100.01,
  high: 101.5,
  low: 99.99,
  close: 100.5,
  volume: 0.1,
  count: 3,
  first: [t + 5, 9_000_000_001],
  last: [t + 59_999, 9_000_000_090],
  ...more,
})
export const minute = (
  symbol: string,
  t: number,
  more: Partial<Candle> = {},
  rest: Partial<MinuteRow> = {},
): MinuteRow => ({
  symbol,
  candle: candle(t, more),
  ...rest,
})
export const fix = (id: string, t: number, more: Partial<Fix> = {}): FixRow => ({
  fix: { id, n: t - T + 1, t, lat: 30.2672, lon: -97.7431, ...more },
  at: t + 700,
})
export const tile = (lat: number, lon: number): string => quadkeyOf(lat, lon)
