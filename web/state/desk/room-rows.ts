import type { Message } from '../../../wire/rooms.ts'
import { isName } from '../../../wire/topics.ts'
import type { Place } from '../place.ts'
import { DESK_ROOM } from './room-names.ts'

/** A room in the list of rooms. `unread`: messages after the last one that was read. */
export type RoomLine = { room: string; unread: number; last: Message | null }

/** The rooms that are offered wherever one is: the desk's, and those of the symbol and the device that are looked at. */
export const offeredRooms = ({ symbol, device }: Pick<Place, 'symbol' | 'device'>): string[] =>
  [DESK_ROOM, symbol && `s:${symbol}`, device && `d:${device}`].filter((room) => room !== null && isName(room)) as string[]

/** Rooms in the order in which they are listed: what is offered, then whatever was written in last. */
export const listedRooms = (
  offered: readonly string[],
  chosen: string,
  rows: readonly { room: string; last: Message | null }[],
): string[] => {
  const byTime = rows.toSorted((a, b) => (b.last?.t ?? 0) - (a.last?.t ?? 0)).map(({ room }) => room)
  return [...new Set([...offered, ...byTime, chosen])]
}
