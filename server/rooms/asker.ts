import type { Action } from '../../wire/grants.ts'
import { MAX_PERSON_NAME } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import type { Author } from '../../wire/rooms.ts'
import { parseTopic, type Topic, topicId, topicKind } from '../../wire/topics.ts'
import { wireError } from '../live/requests.ts'
import type { Person } from '../people/person.ts'

/** Who asks, and what they may do, at this moment. */
export type Asker = { person: () => Person; may: (action: Action, topic: Topic) => boolean }

/** The room that is always there. */
export const DESK: Topic = 'm:desk'

export const isRoom = (topic: Topic): boolean => topicKind(topic) === 'm'
/** The room that a text names; null where it names none. */
export const parseRoom = (text: string): Topic | null => {
  const topic = parseTopic(text)
  return topic !== null && isRoom(topic) ? topic : null
}

/** What a room is about: `s:AAPL` of `m:s:AAPL`; null where that is no topic. */
export const aboutOf = (room: Topic): Topic | null => parseTopic(topicId(room))

/** Whether somebody may do this to a room: nobody reads or writes about what they may not see. */
export const mayUse = (asker: Asker, action: Action, room: Topic): boolean => {
  if (!asker.may(action, room)) return false
  const about = aboutOf(room)
  if (about === null) return true
  return isRoom(about) ? mayUse(asker, 'watch', about) : asker.may('watch', about)
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
