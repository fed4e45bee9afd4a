import { coarsen, intervalStart } from '../../wire/candles.ts'
import { type Candle, INTERVALS, type Interval } from '../../wire/market.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { symbolTopic, topicPart } from '../../wire/topics.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, StrangeField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { type Minute, readMinutes } from './minutes.ts'

/** The newest `limit` candles that start before `before` (Unix ms). */
export type CandlesQuery = { symbol: string; interval: Interval; limit: number; before?: number | undefined }

/** A body as text, of a topic as of a cursor. */
export type Written = { cursor: Cursor; text: string }

/** Minutes that are read from their texts, or written, in one piece of work: half a millisecond. */
const AT_ONCE = 200

/**
 * Candles as asked for, oldest first, with the cursor that they belong to; null for no such symbol. What cannot be read
 * is left out.
 */
export const readCandles = async (
  redis: Commands,
  query: CandlesQuery,
  work: Work,
  unreadable: Unreadable,
): Promise<Written | null> => {
  const { symbol, interval, limit, before = Number.POSITIVE_INFINITY } = query
  const length = INTERVALS[interval]
  const topic = symbolTopic(symbol)
  const read = await readMinutes(redis, topic, { length, limit, before })
  if (read === null) return null
  const minutes = await byPieces(read.minutes, AT_ONCE, work, (minute) =>
    readCandle(minute, (reason) => unreadable(topicPart(topic, '1m'), reason)),
  )
  // The first of a coarse candle's minutes may lie before those that were asked for: they are left out as a whole.
  const candles = await work(() =>
    coarsen(minutes, length)
      .filter(({ t }) => t < before)
      .slice(-limit),
  )
  const texts = await byPieces(candles, AT_ONCE, work, (candle) => JSON.stringify(candle))
  const head = JSON.stringify({ symbol, interval, cursor: read.cursor }).slice(0, -1)
  return { cursor: read.cursor, text: `${head},"candles":[${texts.join(',')}]}` }
}

const NUMBERS = ['t', 'open', 'high', 'low', 'close', 'volume', 'count'] as const

const readCandle = ({ start, text }: Minute, strange: (why: string) => void): Candle | null =>
  unlessStrange(strange, () => {
    const candle = parseField<Candle>(text, NUMBERS)
    const isWhole = [candle?.first, candle?.last].every((key) => Array.isArray(key) && key.length === 2)
    if (candle?.t === start && isWhole && candle.t === intervalStart(candle.t, INTERVALS['1m'])) return candle
    throw new StrangeField(`holds ${text.slice(0, 100)}`)
  })
