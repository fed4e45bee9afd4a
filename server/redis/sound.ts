import type { z } from 'zod'
import { intervalStart } from '../../wire/candles.ts'
import { checkSymbol } from '../../wire/descriptions.ts'
import { MINUTE } from '../../wire/market.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicKey, topicKind, topicPart } from '../../wire/topics.ts'
import { toBytes } from '../live/bytes.ts'
import type { ReadResult, ReadTopic } from '../live/ports.ts'
import { SHAPES } from '../shapes.ts'
import { isSnapshot, isUpdate } from '../texts.ts'
import type { Commands } from './deployment.ts'
import { isNoHash } from './fields.ts'
import { StrangeField } from './rows.ts'
import type { Unreadable } from './unreadable.ts'

/**
 * The same reads, but that what the function library never wrote is left out of them: it would go on, as it is, into the frames of all who
 * watch. A log with such an entry is of no use: the state is read instead.
 */
export const createSoundReader = (redis: Commands, read: ReadTopic, unreadable: Unreadable): ReadTopic => {
  const sound: ReadTopic = async (topic, after) => {
    const result = await read(topic, after).catch((error) => mend(redis, topic, error, unreadable))
    if (result.kind === 'missing') return result
    if (!isEpoch(result.cursor)) {
      unreadable(topicKey(topic), 'its epoch or seq is none')
      throw new StrangeField(`${topicKey(topic)} has no epoch`)
    }
    if (result.kind === 'replay' && !result.updates.every((text) => isUpdate(topic, text))) {
      unreadable(topicPart(topic, topicKind(topic) === 'd' ? 'track' : 'log'), 'holds what is no update')
      return sound(topic, null)
    }
    if (result.kind !== 'snapshot' || isSnapshot(topic, result.snapshot)) return result
    return salvage(redis, topic, unreadable)
  }
  return sound
}

/** It stands in every update and in every answer as it is. */
const isEpoch = ({ epoch, seq }: Cursor): boolean => /^\w{0,32}$/.test(epoch) && Number.isSafeInteger(seq) && seq >= 0

/** A part of a topic may be no hash, or no log: what else there is can be read. */
const mend = (redis: Commands, topic: Topic, error: Error, unreadable: Unreadable): Promise<ReadResult> => {
  if (!error.message.includes('WRONGTYPE')) throw error
  return salvage(redis, topic, unreadable)
}

type Read = (key: string, text: string | null | undefined, shape: z.ZodType) => object | null

/** What can be read of a topic's state, field by field. */
const salvage = async (redis: Commands, topic: Topic, unreadable: Unreadable): Promise<ReadResult> => {
  const value: Read = (key, text, shape) => {
    const read = text ? (parse(shape, text) as object | null) : null
    if (text && read === null) unreadable(key, `holds ${text.slice(0, 100)}`)
    return read
  }
  const kind = topicKind(topic)
  const part = kind === 'd' ? null : topicPart(topic, kind === 's' ? '1m' : 'fix')
  const fields = FIELDS[kind]
  const minute = kind === 's' ? await minuteOf(redis, topic) : null
  const multi = redis
    .multi()
    .time()
    .hmget(topicKey(topic), 'epoch', 'seq', ...fields)
  if (part !== null) minute === null ? multi.hvals(part) : multi.hget(part, minute)
  const [time, state, rest] = (await multi.exec()) ?? []
  const [seconds, micros] = valueIn<[string, string]>(time) ?? ['0', '0']
  const values = valueIn<(string | null)[]>(state)
  const parts = part === null ? [] : partOf(part, rest, unreadable)
  if (!values) throw new StrangeField('No answer')
  const [epoch = null, seq = null, ...more] = values
  if (epoch === null) return { kind: 'missing' }
  const found = SALVAGE[kind](topic, more, parts, value)
  const at = `${Number(seconds) * 1000 + Number(micros) / 1000}`
  return { kind: 'snapshot', at, cursor: { epoch, seq: Number(seq) }, snapshot: toBytes(found) }
}

const FIELDS = { s: ['last', 'quote', 'day', 'prev', 'name', 'description'], c: [], d: ['last', 'cell'] } as const

type Reply = [Error | null, unknown] | undefined
const valueIn = <T>(reply: Reply): T | null => {
  if (reply?.[0]) throw reply[0]
  return (reply?.[1] ?? null) as T | null
}

const partOf = (key: string, reply: Reply, unreadable: Unreadable): (string | null)[] => {
  const error = reply?.[0]
  if (error && !isNoHash(error)) throw error
  if (error) unreadable(key, error.message)
  const value = error ? [] : reply?.[1]
  return Array.isArray(value) ? value : [value as string | null]
}

/** The minute of a symbol's last trade, as the field of its candle. */
const minuteOf = async (redis: Commands, topic: Topic): Promise<string | null> => {
  const last = parse(SHAPES.trade, (await redis.hget(topicKey(topic), 'last')) ?? '')
  return last === null ? '' : String(intervalStart(last.t, MINUTE))
}

const parse = <T>(shape: z.ZodType<T>, text: string): T | null => {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** What can be read of a symbol's description; there is none without a name. */
const describedAs = (key: string, name: string | null, text: string | null, value: Read) => {
  if (!name) return {}
  const found = value(key, text, SHAPES.described) ?? parse(SHAPES.anything, text ?? '') ?? {}
  return { description: { name, ...checkSymbol(found).sound } }
}

type Salvage = (topic: Topic, state: (string | null)[], parts: (string | null)[], value: Read) => object

const SALVAGE = {
  s: (topic, [last, quote, day, prev, name = null, description = null], [candle], value) => {
    const key = topicKey(topic)
    const trade = value(key, last, SHAPES.trade) as { t: number } | null
    const minute = value(topicPart(topic, '1m'), candle, SHAPES.candle) as { t: number } | null
    return {
      last: trade,
      quote: value(key, quote, SHAPES.quote),
      day: value(key, day, SHAPES.candle),
      prev: value(key, prev, SHAPES.previous),
      candle: trade && minute?.t === intervalStart(trade.t, MINUTE) ? minute : null,
      ...describedAs(key, name, description, value),
    }
  },
  c: (topic, _state, fixes, value) => ({
    fixes: fixes.flatMap((text) => value(topicPart(topic, 'fix'), text, SHAPES.fix) ?? []),
  }),
  d: (topic, [last, cell], _parts, value) => ({
    last: value(topicKey(topic), last, SHAPES.fix),
    cell: cell && /^[0-3]{13}$/.test(cell) ? cell : null,
  }),
} as const satisfies Record<'s' | 'c' | 'd', Salvage>
