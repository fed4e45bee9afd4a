import type { Update } from '../wire/protocol.ts'
import type { Topic } from '../wire/topics.ts'
import { serverKindOf } from './kinds/kinds.ts'
import { parseBytes, toBytes } from './live/bytes.ts'
import type { ForGuests } from './live/guests.ts'

/** Texts as guests get them, by what each kind says that guests see of it; null where that is all. */
export const forGuests = (topic: Topic): ForGuests | null => {
  const { guests } = serverKindOf(topic)
  if (guests === undefined) return null
  return {
    update: (text) => {
      if (guests.isWhole.test(text)) return text
      const { topic: name, epoch, seq, after, at, ...told } = parseBytes<Update>(text)
      // It counts with nothing left in it, too: the next one follows it.
      return toBytes({ topic: name, epoch, seq, after, at, ...guests.update(told) })
    },
    state: (text) => toBytes(guests.state(parseBytes<object>(text))),
  }
}
