import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicKey } from '../../wire/topics.ts'
import type { Readable } from '../kinds/kind.ts'
import { serverKindOf } from '../kinds/kinds.ts'
import { readJson } from '../kinds/shapes.ts'
import { toBytes } from '../live/bytes.ts'
import type { ReadResult, ReadTopic } from '../live/ports.ts'
import { isSnapshot, isUpdate } from '../texts.ts'
import type { Commands } from './deployment.ts'
import { isNoHash } from './fields.ts'
import { StrangeField } from './rows.ts'
import type { Unreadable } from './unreadable.ts'

/**
 * The same reads, but that what the function library never wrote is left out of them: it would go on, as it is, into
 * the frames of all who watch. A log with such an entry is of no use: the state is read instead.
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
      unreadable(partKey(topic, serverKindOf(topic).log), 'holds what is no update')
      return sound(topic, null)
    }
    if (result.kind !== 'snapshot' || isSnapshot(topic, result.snapshot)) return result
    return salvage(redis, topic, unreadable)
  }
  return sound
}

const partKey = (topic: Topic, part: string | null | undefined): string =>
  part ? `${topicKey(topic)}:${part}` : topicKey(topic)

/** It stands in every update and in every answer as it is. */
const isEpoch = ({ epoch, seq }: Cursor): boolean => /^\w{0,32}$/.test(epoch) && Number.isSafeInteger(seq) && seq >= 0

/** A part of a topic may be no hash, or no log: what else there is can be read. */
const mend = (redis: Commands, topic: Topic, error: Error, unreadable: Unreadable): Promise<ReadResult> => {
  if (!error.message.includes('WRONGTYPE')) throw error
  return salvage(redis, topic, unreadable)
}

/** What can be read of a topic's state, field by field. */
const salvage = async (redis: Commands, topic: Topic, unreadable: Unreadable): Promise<ReadResult> => {
  const { fields, part, state } = serverKindOf(topic).salvage
  const readable: Readable<string> = (text, shape, of) => {
    const read = text ? (readJson(shape, text) as object | null) : null
    if (text && read === null) unreadable(partKey(topic, of), `holds ${text.slice(0, 100)}`)
    return read
  }
  const [key, further] = [topicKey(topic), partKey(topic, part?.name)]
  const field = part?.field?.(await redis.hmget(key, ...fields))
  const multi = redis
    .multi()
    .time()
    .hmget(key, 'epoch', 'seq', ...fields)
  if (part) field === undefined ? multi.hvals(further) : multi.hget(further, field)
  const [time, values, rest] = (await multi.exec()) ?? []
  const [seconds, micros] = valueIn<[string, string]>(time) ?? ['0', '0']
  const [epoch = null, seq = null, ...more] = stateIn(values)
  if (epoch === null) return { kind: 'missing' }
  const found = state(more, part ? partIn(further, rest, unreadable) : [], readable)
  const at = `${Number(seconds) * 1000 + Number(micros) / 1000}`
  return { kind: 'snapshot', at, cursor: { epoch, seq: Number(seq) }, snapshot: toBytes(found) }
}

type Reply = [Error | null, unknown] | undefined
const valueIn = <T>(reply: Reply): T | null => {
  if (reply?.[0]) throw reply[0]
  return (reply?.[1] ?? null) as T | null
}

const stateIn = (reply: Reply): (string | null)[] => {
  const values = valueIn<(string | null)[]>(reply)
  if (values === null) throw new StrangeField('No answer')
  return values
}

const partIn = (key: string, reply: Reply, unreadable: Unreadable): (string | null)[] => {
  const error = reply?.[0]
  if (error && !isNoHash(error)) throw error
  if (error) unreadable(key, error.message)
  const value = error ? [] : reply?.[1]
  return Array.isArray(value) ? value : [value as string | null]
}
