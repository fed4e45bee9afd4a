import { intervalStart } from '../../wire/candles.ts'
import { isSameCursor } from '../../wire/cursors.ts'
import { MINUTE } from '../../wire/market.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicKey, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'

/** The candle of a minute as Redis holds it. */
export type Minute = { start: number; text: string }
/** Minutes, oldest first, all as of one moment. */
export type Moment = { cursor: Cursor; minutes: Minute[] }
/** So many candles of `length` (ms): the newest that start before `before`, or with `after` the oldest after that. */
export type Wanted = { length: number; limit: number; before: number; after?: number | undefined }

/** More are not asked for on the guess that they are there. */
const MOST_GUESSED = 1500
const TRIES = 3

/**
 * The minutes of the candles that are wanted, and no others, as of one cursor; null for no such symbol. Where
 * trades come each minute the newest one tells them all; else Redis is asked which there are.
 */
export const readMinutes = async (redis: Commands, topic: Topic, wanted: Wanted): Promise<Moment | null> => {
  const state = await readState(redis, topic)
  if (state === null) return null
  const guessed = guess(state, wanted)
  if (guessed !== null) {
    const read = await readThese(redis, topic, guessed)
    if (read !== null && isAll(read, guessed, wanted)) return read
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const known = await readStarts(redis, topic)
    if (known === null) return null
    const read = await readThese(redis, topic, choose(known.starts, wanted))
    if (read === null) return null
    // Between the two another minute may have begun: not where nothing has happened.
    if (isSameCursor(read.cursor, known.cursor)) return read
  }
  return readEvery(redis, topic, wanted)
}

type State = { newest: number | null; count: number }
type Told = { cursor: Cursor; state: State }

const newestBucket = (newest: number, { length, before }: Wanted): number =>
  Math.min(intervalStart(newest, length), Number.isFinite(before) ? intervalStart(before - 1, length) : newest)

/**
 * All minutes from the newest candle that is wanted back to the oldest, as if each had trades; null where that would be
 * too many, or the oldest are wanted.
 */
const guess = ({ newest, count }: State, wanted: Wanted): number[] | null => {
  if (newest === null) return []
  if (wanted.after !== undefined) return null
  const span = (wanted.limit * wanted.length) / MINUTE
  if (span > Math.min(MOST_GUESSED, count + wanted.length / MINUTE)) return null
  const end = newestBucket(newest, wanted) + wanted.length
  return Array.from({ length: span }, (_, i) => end - (span - i) * MINUTE)
}

/** Whether nothing that is wanted lies beside the minutes that were guessed. */
const isAll = ({ minutes, state }: Moment & { state: State }, guessed: readonly number[], wanted: Wanted): boolean => {
  if (state.newest === null) return true
  const [end] = guessed.slice(-1)
  if (end === undefined || newestBucket(state.newest, wanted) > end) return false
  const candles = new Set(minutes.map(({ start }) => intervalStart(start, wanted.length)))
  return candles.size >= wanted.limit || minutes.length >= state.count
}

/** The starts of the minutes that are wanted, oldest first. */
const choose = (starts: readonly number[], { length, limit, before, after }: Wanted): number[] => {
  const candleOf = (start: number): number => intervalStart(start, length)
  const isAsked = (candle: number): boolean => candle < before && (after === undefined || candle > after)
  const candidates = starts.filter((start) => isAsked(candleOf(start))).sort((a, b) => a - b)
  const candles = [...new Set(candidates.map(candleOf))]
  const chosen = new Set(after === undefined ? candles.slice(-limit) : candles.slice(0, limit))
  return candidates.filter((start) => chosen.has(candleOf(start)))
}

const replies = async (transaction: ReturnType<Commands['multi']>): Promise<unknown[]> =>
  ((await transaction.exec()) ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  })

const open = (redis: Commands, topic: Topic) =>
  redis.multi().hmget(topicKey(topic), 'epoch', 'seq', 'last').hlen(topicPart(topic, '1m'))

const toldBy = (state: unknown, count: unknown): Told | null => {
  const [epoch, seq, last] = state as (string | null)[]
  if (epoch === null || epoch === undefined) return null
  const [, t] = /"t":(\d{1,16})\b/.exec(last ?? '') ?? []
  const newest = t === undefined ? null : intervalStart(Number(t), MINUTE)
  return { cursor: { epoch, seq: Number(seq) }, state: { newest: count === 0 ? null : newest, count: Number(count) } }
}

const readState = async (redis: Commands, topic: Topic): Promise<State | null> => {
  const [state, count] = await replies(open(redis, topic))
  return toldBy(state, count)?.state ?? null
}

const readThese = async (redis: Commands, topic: Topic, starts: readonly number[]) => {
  const transaction = open(redis, topic)
  if (starts.length > 0) transaction.hmget(topicPart(topic, '1m'), ...starts.map(String))
  const [state, count, texts = []] = await replies(transaction)
  const told = toldBy(state, count)
  if (told === null) return null
  const minutes = (texts as (string | null)[]).flatMap((text, i) => (text ? [{ start: starts[i] ?? 0, text }] : []))
  return { ...told, minutes }
}

const readStarts = async (redis: Commands, topic: Topic): Promise<{ cursor: Cursor; starts: number[] } | null> => {
  const [state, count, starts] = await replies(open(redis, topic).hkeys(topicPart(topic, '1m')))
  const told = toldBy(state, count)
  return told && { cursor: told.cursor, starts: (starts as string[]).map(Number) }
}

const readEvery = async (redis: Commands, topic: Topic, wanted: Wanted): Promise<Moment | null> => {
  const [state, count, all] = await replies(open(redis, topic).hgetall(topicPart(topic, '1m')))
  const told = toldBy(state, count)
  if (told === null) return null
  const texts = new Map(Object.entries(all as Record<string, string>).map(([start, text]) => [Number(start), text]))
  const starts = choose([...texts.keys()], wanted)
  return { cursor: told.cursor, minutes: starts.map((start) => ({ start, text: texts.get(start) ?? '' })) }
}
