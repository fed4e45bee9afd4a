import type { Message, RoomSnapshot } from '../../../wire/rooms.ts'
import type { Topic } from '../../../wire/topics.ts'
import { inLanes } from '../lanes.ts'
import { inOrder, nothing, type PastKind, type Tell } from '../past-kind.ts'
import type { Reads } from '../reads.ts'
import { createRuns } from '../runs.ts'

/** Messages that a room's state tells, as the live one does. */
const NEWEST = 50
/** Messages of a room that are read ahead at once. */
const MOST = 200

type Said = { t: number; topic: Topic; message: Message }

/** What was said in [from, to), or in the first part of that where it was more than is read at once. */
const saidIn = async (
  archive: Reads,
  topic: Topic,
  from: number,
  to: number,
): Promise<{ said: Said[]; to: number }> => {
  for (let end = to; ; end = from + Math.max(1, Math.floor((end - from) / 2))) {
    const messages = await archive.messages(topic, end, MOST)
    const said = messages.filter(({ t }) => t >= from).map((message) => ({ t: message.t, topic, message }))
    if (said.length < MOST || end - from <= 1) return { said, to: end }
  }
}

/** Rooms as they were. A message that was changed or deleted since is shown as it is now. */
export const createPastRooms = (archive: Reads): PastKind => {
  const known = new Set<Topic>()
  const runs = createRuns((_topic, field, items) => ({ [field]: items }))
  const tellOne = ({ topic, message }: Said, tell: Tell): void => {
    if (known.has(topic)) runs.add(topic, 'messages', message, tell)
  }

  return {
    atOnce: 20,
    read: (topics, before) =>
      inLanes(topics, async (topic) => {
        const messages = await archive.messages(topic, before, NEWEST)
        known.add(topic)
        return () => ({ count: messages.at(-1)?.n ?? 0, messages }) satisfies RoomSnapshot
      }),
    ahead: async (from, to) => {
      if (known.size === 0) return nothing(to)
      const rooms = await inLanes([...known], (topic) => saidIn(archive, topic, from, to))
      const end = Math.min(...rooms.map((room) => room.to))
      const all = rooms.flatMap(({ said }) => said).filter(({ t }) => t < end)
      return inOrder(
        all.sort((a, b) => a.t - b.t),
        end,
        tellOne,
        (tell) => runs.flushAll(tell),
      )
    },
    forget: (topic) => void known.delete(topic),
  }
}
