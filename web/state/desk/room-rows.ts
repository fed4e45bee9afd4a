import type { Message } from '../../../wire/rooms.ts'
import { deviceTopic, symbolTopic, type Topic } from '../../../wire/topics.ts'
import type { Place } from '../place.ts'
import { DESK_ROOM, parseRoom, roomAbout } from './room-names.ts'

/** A room in the list of rooms. `unread`: messages after the last one that was read. */
export type RoomLine = { room: Topic; unread: number; last: Message | null }

/** The rooms that are offered wherever one is: the desk's, and those of the symbol and the device looked at. */
export const offeredRooms = ({ symbol, device }: Pick<Place, 'symbol' | 'device'>): Topic[] => {
  const subjects = [symbol && symbolTopic(symbol), device && deviceTopic(device)]
  return [DESK_ROOM, ...subjects.flatMap((subject) => (subject ? (roomAbout(subject) ?? []) : []))]
}

/** Rooms in the order in which they are listed: what is offered, then whatever was written in last. */
export const listedRooms = (
  offered: readonly Topic[],
  chosen: Topic,
  rows: readonly { room: string; last: Message | null }[],
): Topic[] => {
  const byTime = rows
    .toSorted((a, b) => (b.last?.t ?? 0) - (a.last?.t ?? 0))
    .flatMap(({ room }) => parseRoom(room) ?? [])
  return [...new Set([...offered, ...byTime, chosen])]
}
