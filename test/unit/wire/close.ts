import { expect } from 'vitest'
import type { Candle, SymbolSnapshot } from '../../../wire/market.ts'

const split = (candle: Candle | null): [Omit<Candle, 'volume'> | null, number] => {
  if (candle === null) return [null, 0]
  const { volume, ...rest } = candle
  return [rest, volume]
}

/** The same candle; volumes, which are sums in whatever order, to a share of 1e-9. */
export const expectCandle = (actual: Candle | null, expected: Candle | null): void => {
  const [a, volume] = split(actual)
  const [b, wanted] = split(expected)
  expect(a).toEqual(b)
  expect(Math.abs(volume - wanted)).toBeLessThanOrEqual(wanted * 1e-9)
}

export const expectCandles = (actual: readonly Candle[], expected: readonly Candle[]): void => {
  expect(actual.map(({ t }) => t)).toEqual(expected.map(({ t }) => t))
  for (const [place, candle] of actual.entries()) expectCandle(candle, expected[place] ?? null)
}

/** The same state of a symbol. */
export const expectState = (actual: SymbolSnapshot, expected: SymbolSnapshot): void => {
  const pick = ({ last, quote, prev }: SymbolSnapshot) => ({ last, quote, prev })
  expect(pick(actual)).toEqual(pick(expected))
  expectCandle(actual.day, expected.day)
  expectCandle(actual.candle, expected.candle)
}
