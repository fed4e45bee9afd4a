import { computed, type ReadonlySignal } from '@preact/signals'
import type { Place } from '../place.ts'
import type { Inbox } from './inbox.ts'
import type { Look } from './look.ts'
import type { RoomRights } from './rights.ts'
import type { RoomList } from './room-list.ts'
import { DESK_ROOM } from './room-names.ts'
import { listedRooms, offeredRooms, type RoomLine } from './room-rows.ts'
import type { Rooms } from './rooms.ts'

export type UnreadOptions = {
  rooms: Rooms
  list: Pick<RoomList, 'rows'>
  inbox: Pick<Inbox, 'readTo' | 'open'>
  look: Pick<Look, 'room'>
  rights: Pick<RoomRights, 'sees'>
  place: ReadonlySignal<Place>
  handle: ReadonlySignal<string | null>
}

/** The list of rooms, and how much of each one has not read. Who has no name has no marks, and so nothing unread. */
export const createUnread = ({ rooms, list, inbox, look, rights, place, handle }: UnreadOptions) => {
  const lines = computed<readonly RoomLine[]>(() => {
    const byRoom = new Map(list.rows.value.map((row) => [row.room, row]))
    return listedRooms(offeredRooms(place.value), look.room.value, list.rows.value)
      .filter(rights.sees)
      .map((room) => {
        const row = byRoom.get(room)
        // Only these two are watched: they know better than the list.
        const watched = room === look.room.value || room === DESK_ROOM ? rooms.thread(room).value : null
        const most = Math.max(row?.count ?? 0, watched?.count ?? 0)
        const unread = handle.value === null ? 0 : Math.max(0, most - inbox.readTo(room))
        return { room, unread, last: watched?.messages.at(-1) ?? row?.last ?? null }
      })
  })
  return {
    lines,
    /** What the button of the desk says: items to acknowledge, and whether there are unread messages. */
    badge: computed(() => ({
      items: inbox.open.value.length,
      unread: lines.value.some(({ unread }) => unread > 0),
    })),
  }
}
export type Unread = ReturnType<typeof createUnread>
