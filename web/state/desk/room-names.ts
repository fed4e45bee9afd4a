import { parseTopic, type Topic, topicId, topicKind } from '../../../wire/topics.ts'
import { chipText } from './chip.ts'

/** The room that is always there, and where everybody begins. Rooms go by the names of their topics. */
export const DESK_ROOM: Topic = 'm:desk'

/** The room that a text names; null where it names none. */
export const parseRoom = (text: string): Topic | null => {
  const topic = parseTopic(text)
  return topic !== null && topicKind(topic) === 'm' ? topic : null
}

/** The room about a symbol or a device; null where their name is too long for one to have a room. */
export const roomAbout = (subject: Topic): Topic | null => parseRoom(`m:${subject}`)

/** The symbol or the device that a room is about; null where it is about none. */
export const subjectOf = (room: Topic): Topic | null => {
  const id = topicId(room)
  return /^[sd]:/.test(id) ? parseTopic(id) : null
}

/** How a symbol or a device is called: `$AAPL`, `#BUS-0001`. */
export const subjectName = (subject: Topic): string =>
  chipText(topicKind(subject) === 's' ? 'symbol' : 'device', topicId(subject))

/** How a room is called on screen: `Desk`, `$AAPL`, `#BUS-0001`, or as people named it. */
export const roomName = (room: Topic): string => {
  if (room === DESK_ROOM) return 'Desk'
  const subject = subjectOf(room)
  return subject === null ? topicId(room) : subjectName(subject)
}

/** A room as a person types it, `$AAPL` or `night shift`; null where there can be no such room. */
export const typedRoom = (text: string): Topic | null => {
  const name = text.trim()
  const [sign] = name
  const own = name.slice(1).replace(/^\{(.*)\}$/, '$1')
  if (sign === '$' || sign === '#') {
    const subject = parseTopic(`${sign === '$' ? 's' : 'd'}:${own}`)
    return subject && roomAbout(subject)
  }
  return name.toLowerCase() === 'desk' ? DESK_ROOM : parseRoom(`m:${name}`)
}
