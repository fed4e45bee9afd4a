import { MAX_PERSON_NAME } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import type { Author } from '../../wire/rooms.ts'
import { parseTopic, type Topic, topicKind } from '../../wire/topics.ts'
import { wireError } from '../live/requests.ts'
import type { Asker } from '../people/attendance.ts'

/** The room that is always there. */
export const DESK: Topic = 'm:desk'

/** The room that a text names; null where it names none. */
export const parseRoom = (text: string): Topic | null => {
  const topic = parseTopic(text)
  return topic !== null && topicKind(topic) === 'm' ? topic : null
}

/** How somebody stands in what they write. */
const authorOf = (id: string, name: string): Author => ({
  id,
  name: [...name.toWellFormed()].slice(0, MAX_PERSON_NAME).join(''),
})

/** Who asks, as others see them; why not, where nobody can be seen: they have no name, or no rights any more. */
export const selfOf = (asker: Asker): { self: Author } | { error: WireError } => {
  const { id, name } = asker.person()
  if (id === null) return { error: wireError('not_signed_in') }
  if (!asker.may('watch', `i:${id}`)) return { error: wireError('not_allowed') }
  return { self: authorOf(id, name) }
}
