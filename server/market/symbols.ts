import type { SymbolRow } from '../../wire/api.ts'
import { intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE, type PreviousClose, type Quote, type Trade } from '../../wire/market.ts'
import { isName, SYMBOLS_KEY, symbolTopic, type Topic, topicId, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import { isNoHash, type Values } from '../redis/fields.ts'
import { parseField, readRows, StrangeField } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'

const SPARK_MINUTES = 60
const FRESH_MS = 2000

/** Every symbol that a feed has described, by name of the symbol. Read at most every two seconds, for all who ask; while there are none, each time. */
export const createSymbolList = (
  redis: Commands,
  now: () => number,
  unreadable: Unreadable,
): (() => Promise<SymbolRow[]>) => {
  let read: { at: number; rows: Promise<SymbolRow[]> } | null = null
  return () => {
    if (read === null || now() - read.at > FRESH_MS) {
      const rows = readSymbols(redis, unreadable)
      read = { at: now(), rows }
      const forget = () => {
        read = null
      }
      rows.then(({ length }) => length === 0 && forget(), forget)
    }
    return read.rows
  }
}

const readSymbols = async (redis: Commands, unreadable: Unreadable): Promise<SymbolRow[]> => {
  const names = new Map<Topic, string>()
  for (const [symbol, name] of Object.entries(await redis.hgetall(SYMBOLS_KEY))) {
    if (isName(symbol)) names.set(symbolTopic(symbol), shownName(name))
    else unreadable(SYMBOLS_KEY, `${symbol.slice(0, 100)} is not a symbol`)
  }
  const topics = [...names.keys()].sort()
  const toRow = (topic: Topic, values: Values) => ({
    symbol: topicId(topic),
    name: names.get(topic) ?? '',
    ...state(values),
  })
  const rows = await readRows(redis, topics, FIELDS, toRow, unreadable)
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      spark: row.last ? await readSpark(redis, row.symbol, row.last.t, unreadable) : [],
    })),
  )
}

/** The function library cuts names at 100 bytes and takes any text; what stands here otherwise is no longer, and has nothing that is unseen. */
const shownName = (name: string): string =>
  [...name.replace(/\p{C}/gu, ' ').slice(0, 2 * MOST_NAME)].slice(0, MOST_NAME).join('')
const MOST_NAME = 100

const FIELDS = ['last', 'prev', 'day', 'quote']

const state = ([last, prev, day, quote]: Values): Pick<SymbolRow, 'last' | 'prev' | 'day' | 'quote'> => ({
  last: parseField<Trade>(last, ['id', 't', 'price', 'size']),
  prev: parseField<PreviousClose>(prev, ['price', 't', 'id']),
  day: parseField<Candle>(day, ['t', 'open', 'high', 'low', 'close', 'volume', 'count']),
  quote: parseField<Quote>(quote, ['t', 'bidSize', 'askSize']),
})

const readSpark = async (redis: Commands, symbol: string, until: number, unreadable: Unreadable): Promise<number[]> => {
  const key = topicPart(symbolTopic(symbol), '1m')
  const newest = intervalStart(until, MINUTE)
  const minutes = Array.from({ length: SPARK_MINUTES }, (_, i) => String(newest - (SPARK_MINUTES - 1 - i) * MINUTE))
  try {
    const candles = await redis.hmget(key, ...minutes)
    return candles.flatMap((candle) => parseField<Candle>(candle, ['close'])?.close ?? [])
  } catch (error) {
    if (!(error instanceof StrangeField) && !isNoHash(error as Error)) throw error
    unreadable(key, String(error))
    return []
  }
}
