import { callFunction } from '../../redis/call.ts'
import { isAnswer } from '../../redis/errors.ts'
import { placeInCell } from '../../wire/calls.ts'
import { deviceTopic, type Topic, topicId, topicKey } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import type { RegisterMender } from './register-mender.ts'

/** Devices that are looked at together. */
const AT_ONCE = 200

/**
 * Places devices that no cell shows where they are: two feeds put one into different groups at the same time, or a feed
 * died after its first fix. Those that were reaped are in no cell rightly, which the register may not know.
 */
export const placeAbsent = async (
  redis: Commands,
  ids: readonly string[],
  mender: RegisterMender,
  unreadable: Unreadable,
): Promise<void> => {
  const put = async (topic: Topic, [last, cell]: Values): Promise<void> => {
    if (last && cell === '') await mender.reaped({ id: topicId(topic) })
    else if (last && cell) await callFunction(redis, placeInCell(cell, [last]))
  }
  const leave = (topic: Topic) => (error: unknown) => {
    if (!isAnswer(error)) throw error
    unreadable(topicKey(topic), String(error))
  }
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const topics = ids.slice(i, i + AT_ONCE).map(deviceTopic)
    const states = await readFields(redis, topics, ['last', 'cell'])
    await Promise.all(topics.map((topic, n) => put(topic, states[n] ?? []).catch(leave(topic))))
  }
}
