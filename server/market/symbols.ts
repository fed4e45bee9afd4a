import type { SymbolRow } from '../../wire/api.ts'
import { intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE, type PreviousClose, type Quote, type Trade } from '../../wire/market.ts'
import { SYMBOLS_KEY, symbolTopic, topicKey, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'

const SPARK_MINUTES = 60
const FRESH_MS = 2000

type State = Pick<SymbolRow, 'last' | 'prev' | 'day' | 'quote'>

/** Every symbol that a feed has described, by name of the symbol. Read at most every two seconds, for all who ask; while there are none, each time. */
export const createSymbolList = (redis: Commands, now: () => number): (() => Promise<SymbolRow[]>) => {
  let read: { at: number; rows: Promise<SymbolRow[]> } | null = null
  return () => {
    if (read === null || now() - read.at > FRESH_MS) {
      const rows = readRows(redis)
      read = { at: now(), rows }
      const forget = () => {
        read = null
      }
      rows.then(({ length }) => length === 0 && forget(), forget)
    }
    return read.rows
  }
}

const readRows = async (redis: Commands): Promise<SymbolRow[]> => {
  const names = Object.entries(await redis.hgetall(SYMBOLS_KEY)).sort(([a], [b]) => (a < b ? -1 : 1))
  const states = await Promise.all(names.map(([symbol]) => readState(redis, symbol)))
  return Promise.all(
    names.map(async ([symbol, name], i) => {
      const state = states[i] ?? { last: null, prev: null, day: null, quote: null }
      return { symbol, name, ...state, spark: state.last ? await readSpark(redis, symbol, state.last.t) : [] }
    }),
  )
}

const readState = async (redis: Commands, symbol: string): Promise<State> => {
  const [last, prev, day, quote] = await redis.hmget(topicKey(symbolTopic(symbol)), 'last', 'prev', 'day', 'quote')
  return {
    last: parse<Trade>(last),
    prev: parse<PreviousClose>(prev),
    day: parse<Candle>(day),
    quote: parse<Quote>(quote),
  }
}

const readSpark = async (redis: Commands, symbol: string, until: number): Promise<number[]> => {
  const newest = intervalStart(until, MINUTE)
  const minutes = Array.from({ length: SPARK_MINUTES }, (_, i) => String(newest - (SPARK_MINUTES - 1 - i) * MINUTE))
  const candles = await redis.hmget(topicPart(symbolTopic(symbol), '1m'), ...minutes)
  return candles.flatMap((candle) => parse<Candle>(candle)?.close ?? [])
}

/** JSON that the function library wrote. */
const parse = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null)
