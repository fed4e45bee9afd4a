import { intervalStart } from '../../wire/candles.ts'
import { MINUTE, type SymbolUpdate } from '../../wire/market.ts'

/** The close of the minute that starts at `minute`, by the trade `id` at `t` (Unix milliseconds). */
export type SparkPoint = { minute: number; price: number; t: number; id: number }

/** An hour back from the newest point, in milliseconds. */
export const SPARK_SPAN = 60 * MINUTE

/**
 * Adds a trade, or the last one of a minute, to a line of points, oldest first. Trades may come in any order, as they
 * do while a feed writes history: the last trade of each minute is its point. Changes the array.
 */
export const foldSpark = (points: SparkPoint[], { t, id, price }: Omit<SparkPoint, 'minute'>): void => {
  const minute = intervalStart(t, MINUTE)
  if (minute <= (points.at(-1)?.minute ?? 0) - SPARK_SPAN) return
  let i = points.length - 1
  while (i >= 0 && (points[i]?.minute ?? 0) > minute) i--
  const found = points[i]
  if (found?.minute !== minute) points.splice(i + 1, 0, { minute, price, t, id })
  else if (t > found.t || (t === found.t && id >= found.id)) points[i] = { minute, price, t, id }
  const first = (points.at(-1)?.minute ?? 0) - SPARK_SPAN
  while ((points[0]?.minute ?? first + 1) <= first) points.shift()
}

/**
 * The trades of an update, conflated or not, in a line of points. Returns whether all of them are older than the line.
 */
export const sparkUpdate = (points: SparkPoint[], { trades = [], candles = [] }: SymbolUpdate): boolean => {
  const first = points[0]?.minute ?? 0
  const times = trades.length > 0 ? trades.map(({ t }) => t) : candles.map(({ t }) => t)
  for (const trade of trades) foldSpark(points, trade)
  for (const { close, last } of candles) foldSpark(points, { t: last[0], id: last[1], price: close })
  return times.length > 0 && Math.max(...times) < first
}

/** Makes points of closes without times: one a minute, the newest in the minute of `until`. */
export const sparkOf = (closes: readonly number[], until: number): SparkPoint[] => {
  const newest = intervalStart(until, MINUTE)
  return closes.map((price, i) => {
    const minute = newest - (closes.length - 1 - i) * MINUTE
    return { minute, price, t: minute, id: 0 }
  })
}
