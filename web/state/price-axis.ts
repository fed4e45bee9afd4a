import type { Candle } from '../../wire/market.ts'
import { formatMark, formatPrice, mostDecimals, type PriceStyle, styleOf } from './format.ts'

/**
 * An axis of prices from `min` to `max`: where its marks stand, in which style and with how many decimals they are
 * told.
 */
export type PriceAxis = { min: number; max: number; decimals: number; style: PriceStyle; ticks: number[] }

/** Room above the highest and below the lowest price, as shares of what lies between; below, volume has its place. */
const ABOVE = 0.15
const BELOW = 0.3
/**
 * This many of the newest bars decide how many decimals prices have. An axis shows at most so many digits of the range
 * it covers.
 */
const TELLING = 30
const DIGITS = 5

/** Round prices from `min` to `max`, at most `most`, and never so near that two would be told alike. */
const roundPrices = (min: number, max: number, most: number, decimals: number): number[] => {
  const least = Math.max((max - min) / most, 10 ** -decimals)
  const power = 10 ** Math.floor(Math.log10(least))
  // A little less will do: a step that is 10 ** -decimals already must not become the next one by its last digit.
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least * 0.999_999) ?? 10)
  const prices: number[] = []
  for (let k = Math.ceil(min / step); k * step <= max && prices.length <= most; k++)
    prices.push(Number((k * step).toPrecision(15)))
  // Rounded, the first and the last may lie outside.
  return prices.filter((price) => price >= min && price <= max)
}

/** The axis for the bars seen, of any sign; null where there are none. `most`: marks that have room. */
export const priceAxis = (seen: readonly Candle[], most: number): PriceAxis | null => {
  if (seen.length === 0) return null
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const candle of seen) {
    low = Math.min(low, candle.low)
    high = Math.max(high, candle.high)
  }
  const told = mostDecimals(seen.slice(-TELLING).map(({ close }) => close))
  // Where all prices are one, it stands in the middle of a few of the smallest steps that can be told.
  const span = high - low || Math.max(Math.abs(high) * 0.002, 4 * 10 ** -told)
  const [min, max] = [low - span * BELOW, high + span * ABOVE]
  const style = styleOf(Math.max(Math.abs(min), Math.abs(max)))
  const enough = DIGITS - Math.floor(Math.log10(span))
  // All of these may have closed at a price that has fewer than the others.
  const least = -Math.floor(Math.log10(span))
  const decimals = Math.min(Math.max(told, least), style === 'plain' ? Math.max(2, enough) : enough)
  return { min, max, decimals, style, ticks: roundPrices(min, max, most, decimals) }
}

/** A price as the axis tells it; one that is far off it, as it would stand anywhere. */
export const priceOn = ({ decimals, style }: PriceAxis, price: number): string =>
  style === 'plain' && Math.abs(price) > 1 && styleOf(Math.abs(price)) === 'power'
    ? formatPrice(price)
    : formatMark(price, decimals, style)

/** The longest text that a price on the axis can have, and the price of the newest bar, which may be off it. */
export const longestPrices = (axis: PriceAxis, newest: number): string[] => [
  ...[axis.min, axis.max].map((price) => formatPrice(price, axis.decimals, axis.style)),
  priceOn(axis, newest),
]
