import { parseTopic, type Topic, topicId, topicKind } from '../../../wire/topics.ts'
import { chipText } from './chip.ts'

/** The room that is always there, and where everybody begins. */
export const DESK_ROOM = 'desk'

/** The topic of a room; null where no room can have this name. */
export const roomTopic = (room: string): Topic | null => parseTopic(`m:${room}`)
export const roomOf = (topic: string): string => topic.replace(/^m:/, '')

/** The symbol or the device that a room is about; null where it is about none. */
export const subjectOf = (room: string): Topic | null => (/^[sd]:/.test(room) ? parseTopic(room) : null)

/** How a room is called on screen: `Desk`, `$AAPL`, `#BUS-0001`, or as people named it. */
export const roomName = (room: string): string => {
  if (room === DESK_ROOM) return 'Desk'
  const subject = subjectOf(room)
  if (subject === null) return room
  return chipText(topicKind(subject) === 's' ? 'symbol' : 'device', topicId(subject))
}

/** A room as it was typed, `$AAPL` or `night shift`; null where there can be no such room. */
export const typedRoom = (text: string): string | null => {
  const name = text.trim()
  const [sign] = name
  const own = name.slice(1).replace(/^\{(.*)\}$/, '$1')
  const room = sign === '$' ? `s:${own}` : sign === '#' ? `d:${own}` : name.toLowerCase() === DESK_ROOM ? DESK_ROOM : name
  return roomTopic(room) === null ? null : room
}
