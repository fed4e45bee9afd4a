import {
  cellTopic,
  deviceTopic,
  SYMBOLS_KEY,
  symbolTopic,
  type Topic,
  topicKey,
  topicPart,
} from '../../../wire/topics.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { SCRATCH } from './requests.ts'

/** A command of Redis; each word is bytes, as latin1. */
export type Command = string[]

export const SCRATCH_TOPICS: readonly Topic[] = [
  ...SCRATCH.symbols.map(symbolTopic),
  ...SCRATCH.devices.map(deviceTopic),
  ...SCRATCH.cells.map(cellTopic),
  ...SCRATCH.people,
]

export const latin1Of = (text: string): string => Buffer.from(text).toString('latin1')

const OF_PEOPLE = ['messages', 'said', 'items', 'told', 'read'] as const
const OF_DEVICES = ['track', 'past', 'seen', 'commands', 'asked', 'devices', 'ids', 'failures'] as const
const PARTS = ['log', '1m', ...OF_DEVICES, 'geo', 'fix', ...OF_PEOPLE] as const
export const SCRATCH_KEYS: readonly string[] = SCRATCH_TOPICS.flatMap((topic) => [
  topicKey(topic),
  ...PARTS.map((part) => topicPart(topic, part)),
])

/** Runs one; an error of Redis is its answer. */
export const runCommand = async (redis: RedisClient, [name = 'PING', ...words]: Command): Promise<unknown> => {
  try {
    return await redis.callBuffer(name, ...words.map((word) => Buffer.from(word, 'latin1')))
  } catch (error) {
    return error instanceof Error ? new Error(error.message.slice(0, 300)) : error
  }
}

/** Removes what cases before this one wrote, so that each begins with the same. */
export const clean = async (redis: RedisClient, more: readonly string[] = []): Promise<void> => {
  const keys = [...SCRATCH_KEYS.map((key) => Buffer.from(key)), ...more.map((key) => Buffer.from(key, 'latin1'))]
  await redis.call('DEL', ...keys)
  const names = (await redis.hkeys(SYMBOLS_KEY)).filter((name) => !/^(LIVE\d+|WATCHED)$/.test(name))
  if (names.length > 0) await redis.hdel(SYMBOLS_KEY, ...names)
}
