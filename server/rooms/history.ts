import type { MessagesReply } from '../../wire/rooms.ts'
import { type Topic, topicPart } from '../../wire/topics.ts'
import { messageShape } from '../kinds/message.ts'
import { readJson } from '../kinds/shapes.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { messagesCall } from './calls.ts'

export type MessagesQuery = { room: Topic; before?: number | undefined; limit: number }

/** Older messages of a room. What the function library never wrote is left out. */
export const readMessages = async (
  redis: Commands,
  { room, before, limit }: MessagesQuery,
  unreadable: Unreadable,
): Promise<MessagesReply> => {
  const { name, keys, args } = messagesCall(room, before ?? null, limit)
  const reply = (await redis.call('FCALL_RO', name, keys.length, ...keys, ...args)) as [number, number, ...string[]]
  const [, first, ...texts] = reply
  const messages = texts.flatMap((text) => {
    const message = readJson(messageShape, text)
    if (message === null) unreadable(topicPart(room, 'messages'), `holds ${text.slice(0, 100)}`)
    return (message as MessagesReply['messages'][number] | null) ?? []
  })
  return { room, messages, first }
}
