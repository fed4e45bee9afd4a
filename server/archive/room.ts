import type { MessageRow } from '../../archive/archive.ts'
import type { Message, RoomUpdate } from '../../wire/rooms.ts'
import { type Topic, topicKey, topicPart } from '../../wire/topics.ts'
import { messageShape } from '../kinds/message.ts'
import { readJson } from '../kinds/shapes.ts'
import { readLog } from './log.ts'
import { type Pull, type Pulled, type PullPorts, readEach } from './pull.ts'

/** What Redis keeps of a room (server/redis/library/rooms), and messages that one command asks for. */
const MOST_MESSAGES = 10_000
const AT_ONCE = 200

/** Messages that are new since the mark, and changed ones as they are now. */
export const pullRoom: Pull = async (ports, topic, mark, now) => {
  const page = await readLog<RoomUpdate>(ports, topic, mark, now, false)
  if (page === null) return pullWhole(ports, topic, now)
  const messages = page.updates.flatMap(({ body }) => body.messages ?? [])
  return { rows: { messages: rowsOf(topic, messages) }, cursor: page.cursor, more: page.more, times: null }
}

/** Each message as it is last. */
const rowsOf = (room: Topic, messages: readonly Message[]): MessageRow[] =>
  Array.from(new Map(messages.map((message) => [message.n, message])).values(), (message) => ({ room, message }))

/** All messages that are kept. */
const pullWhole = async (ports: PullPorts, topic: Topic, now: Pulled['cursor']): Promise<Pulled> => {
  const key = topicPart(topic, 'messages')
  const count = Number((await ports.ask(topicKey(topic), 'hget', 'count')) ?? 0)
  const messages: Message[] = []
  for (let from = Math.max(1, count - MOST_MESSAGES + 1); from <= count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from + 1) }, (_, i) => from + i)
    const texts = (await ports.ask(key, 'hmget', ...numbers)) as (string | null)[]
    const read = await readEach(ports, texts, (text): Message[] => {
      const message = text === null ? null : (readJson(messageShape, text) as Message | null)
      if (text !== null && message === null) ports.unreadable(key, `holds ${text.slice(0, 100)}`)
      return message === null ? [] : [message]
    })
    messages.push(...read)
  }
  return { rows: { messages: rowsOf(topic, messages) }, cursor: now, more: false, times: null }
}
