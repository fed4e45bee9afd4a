import type { SymbolRow } from '../../wire/api.ts'
import { intervalStart } from '../../wire/candles.ts'
import { checkSymbol } from '../../wire/descriptions.ts'
import {
  type Candle,
  MINUTE,
  type PreviousClose,
  type Quote,
  type SymbolDescription,
  type Trade,
} from '../../wire/market.ts'
import { isName, SYMBOLS_KEY, symbolTopic, type Topic, topicId, topicKey, topicPart } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from '../redis/deployment.ts'
import { isNoHash } from '../redis/fields.ts'
import { parseField, readRows, StrangeField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'

const SPARK_MINUTES = 60
const FRESH_MS = 2000
/** A new list is read after so many times as long as the last one took, if that is longer. */
const REST = 20
/** Symbols that are read at once: what their answers take is half a millisecond. */
const AT_ONCE = 20
/** Closes that were read are good for so long, unless there are candles more. */
const SPARK_MS = 15_000

/**
 * Every symbol that a feed has described, in order of their names. Read at most every two seconds, for all who ask;
 * while there are none, each time.
 */
export const createSymbolList = (
  redis: Commands,
  now: () => number,
  unreadable: Unreadable,
): (() => Promise<SymbolRow[]>) => {
  let list: Promise<SymbolRow[]> | null = null
  let freshUntil = 0
  let sparks: Sparks = new Map()
  return () => {
    const started = now()
    if (list !== null && started < freshUntil) return list
    const next: Sparks = new Map()
    const rows = readSymbols(redis, { known: sparks, next, now }, unreadable)
    list = rows
    freshUntil = Number.POSITIVE_INFINITY
    rows.then(
      ({ length }) => {
        sparks = next
        freshUntil = length === 0 ? 0 : Math.max(started + FRESH_MS + 1, now() + (now() - started) * REST)
      },
      () => {
        list = null
      },
    )
    return rows
  }
}

/**
 * Closes of the last minutes but the newest, until which minute, how many candles there were, and when they were read.
 */
type Spark = { closes: number[]; newest: number; count: number; at: number }
type Sparks = Map<string, Spark>
type SparkPorts = { known: Sparks; next: Sparks; now: () => number }

const readSymbols = async (redis: Commands, sparks: SparkPorts, unreadable: Unreadable): Promise<SymbolRow[]> => {
  const names = new Map<Topic, string>()
  for (const [symbol, name] of Object.entries(await redis.hgetall(SYMBOLS_KEY))) {
    if (isName(symbol)) names.set(symbolTopic(symbol), shownName(name))
    else unreadable(SYMBOLS_KEY, `${symbol.slice(0, 100)} is not a symbol`)
  }
  const topics = [...names.keys()].sort()
  const toRow = (topic: Topic, values: Values) => ({
    symbol: topicId(topic),
    name: names.get(topic) ?? '',
    ...description(values[4], (why) => unreadable(topicKey(topic), why)),
    ...state(values),
  })
  const all: SymbolRow[] = []
  for (let i = 0; i < topics.length; i += AT_ONCE) {
    const rows = await readRows(redis, topics.slice(i, i + AT_ONCE), FIELDS, toRow, unreadable)
    const withSpark = async (row: (typeof rows)[number]): Promise<SymbolRow> => ({
      ...row,
      spark: row.last ? await sparkOf(redis, row.symbol, row.last, sparks, unreadable) : [],
    })
    all.push(...(await Promise.all(rows.map(withSpark))))
  }
  return all
}

/**
 * The function library cuts names at 100 bytes and takes any text; what stands here otherwise is no longer, and has
 * nothing that is unseen.
 */
const shownName = (name: string): string =>
  [...name.replace(/\p{C}/gu, ' ').slice(0, 2 * MOST_NAME)].slice(0, MOST_NAME).join('')
const MOST_NAME = 100

const FIELDS = ['last', 'prev', 'day', 'quote', 'description']

/** What is described of a symbol besides its name. What is wrong is told and left out. */
const description = (
  text: string | null | undefined,
  strange: (why: string) => void,
): Omit<SymbolDescription, 'name'> => {
  const { sound, wrong } = checkSymbol(unlessStrange(strange, () => parseField(text, [])) ?? {})
  if (wrong.length > 0) strange(`describes a ${wrong.join(', ')} that is none`)
  return sound
}

const state = ([last, prev, day, quote]: Values): Pick<SymbolRow, 'last' | 'prev' | 'day' | 'quote'> => ({
  last: parseField<Trade>(last, ['id', 't', 'price', 'size']),
  prev: parseField<PreviousClose>(prev, ['price', 't', 'id']),
  day: parseField<Candle>(day, ['t', 'open', 'high', 'low', 'close', 'volume', 'count']),
  quote: parseField<Quote>(quote, ['t', 'bidSize', 'askSize']),
})

/**
 * Closes of the last minutes, the newest of them the last price. Earlier ones are read anew where a minute has begun,
 * or there are candles more.
 */
const sparkOf = async (
  redis: Commands,
  symbol: string,
  last: Trade,
  { known, next, now }: SparkPorts,
  unreadable: Unreadable,
): Promise<number[]> => {
  const key = topicPart(symbolTopic(symbol), '1m')
  const newest = intervalStart(last.t, MINUTE)
  try {
    const count = await redis.hlen(key)
    const had = known.get(symbol)
    const isGood = had?.newest === newest && had.count === count && now() - had.at < SPARK_MS
    const spark = isGood ? had : { closes: await readCloses(redis, key, newest), newest, count, at: now() }
    next.set(symbol, spark)
    return count === 0 ? [] : [...spark.closes, last.price]
  } catch (error) {
    if (!(error instanceof StrangeField) && !isNoHash(error as Error)) throw error
    unreadable(key, String(error))
    return []
  }
}

const readCloses = async (redis: Commands, key: string, before: number): Promise<number[]> => {
  const minutes = Array.from({ length: SPARK_MINUTES - 1 }, (_, i) => String(before - (SPARK_MINUTES - 1 - i) * MINUTE))
  const candles = await redis.hmget(key, ...minutes)
  return candles.flatMap((candle) => (candle ? closeOf(candle) : []))
}

/** A candle is not parsed for one number: there are 60 to each symbol. */
const closeOf = (candle: string): number => {
  const [, close] = /"close":(-?\d[\d.eE+-]*)[,}]/.exec(candle) ?? []
  if (close === undefined || Number.isNaN(Number(close))) throw new StrangeField(`holds ${candle.slice(0, 100)}`)
  return Number(close)
}
