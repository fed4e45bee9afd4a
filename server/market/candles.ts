import { intervalStart } from '../../wire/candles.ts'
import { type Candle, INTERVALS, type Interval } from '../../wire/market.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { symbolTopic, topicPart } from '../../wire/topics.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, StrangeField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { type Minute, readMinutes } from './minutes.ts'

/** The newest `limit` candles that start before `before`, or with `after` the oldest that start after that (Unix ms). */
export type CandlesQuery = {
  symbol: string
  interval: Interval
  limit: number
  before?: number | undefined
  after?: number | undefined
}

/** Minutes that are read from their texts in one piece of work: half a millisecond. */
const AT_ONCE = 200

/**
 * The minutes of the candles that are asked for, oldest first, as Redis holds them at a cursor; null for no such symbol.
 * What cannot be read is left out.
 */
export const readMinuteCandles = async (
  redis: Commands,
  { symbol, interval, limit, before = Number.POSITIVE_INFINITY, after }: CandlesQuery,
  work: Work,
  unreadable: Unreadable,
): Promise<{ cursor: Cursor; minutes: Candle[] } | null> => {
  const topic = symbolTopic(symbol)
  const read = await readMinutes(redis, topic, { length: INTERVALS[interval], limit, before, after })
  if (read === null) return null
  const minutes = await byPieces(read.minutes, AT_ONCE, work, (minute) =>
    readCandle(minute, (reason) => unreadable(topicPart(topic, '1m'), reason)),
  )
  return { cursor: read.cursor, minutes }
}

/** Those of these candles, oldest first, that are asked for. */
export const pageOf = (
  candles: readonly Candle[],
  { limit, before, after }: Omit<CandlesQuery, 'symbol'>,
): Candle[] => {
  const { POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number
  const asked = candles.filter(({ t }) => t < (before ?? POSITIVE_INFINITY) && t > (after ?? NEGATIVE_INFINITY))
  return after === undefined ? asked.slice(-limit) : asked.slice(0, limit)
}

const NUMBERS = ['t', 'open', 'high', 'low', 'close', 'volume', 'count'] as const

const readCandle = ({ start, text }: Minute, strange: (why: string) => void): Candle | null =>
  unlessStrange(strange, () => {
    const candle = parseField<Candle>(text, NUMBERS)
    const isWhole = [candle?.first, candle?.last].every((key) => Array.isArray(key) && key.length === 2)
    if (candle?.t === start && isWhole && candle.t === intervalStart(candle.t, INTERVALS['1m'])) return candle
    throw new StrangeField(`holds ${text.slice(0, 100)}`)
  })
