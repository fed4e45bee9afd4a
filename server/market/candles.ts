import type { CandlesReply } from '../../wire/api.ts'
import { coarsen } from '../../wire/candles.ts'
import { type Candle, INTERVALS, type Interval } from '../../wire/market.ts'
import { symbolTopic, topicKey, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'

/** The newest `limit` candles that start before `before` (Unix ms), oldest first, with the cursor they are as of; null for no such symbol. */
export const readCandles = async (
  redis: Commands,
  symbol: string,
  interval: Interval,
  limit: number,
  before = Number.POSITIVE_INFINITY,
): Promise<CandlesReply | null> => {
  const topic = symbolTopic(symbol)
  const replies = await redis.multi().hmget(topicKey(topic), 'epoch', 'seq').hvals(topicPart(topic, '1m')).exec()
  const [cursor, minutes] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  }) as [[string | null, string | null], string[]]
  const [epoch, seq] = cursor
  if (epoch === null) return null
  const oldestFirst = minutes.map((text) => JSON.parse(text) as Candle).sort((a, b) => a.t - b.t)
  const candles = coarsen(oldestFirst, INTERVALS[interval]).filter(({ t }) => t < before)
  return { symbol, interval, cursor: { epoch, seq: Number(seq) }, candles: candles.slice(-limit) }
}
