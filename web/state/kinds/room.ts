import type { RoomSnapshot } from '../../../wire/rooms.ts'
import type { Rooms } from '../desk/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** A room: its messages, and who writes. */
export const roomStore = ({ rooms }: { rooms: Rooms }): KindStore<RoomSnapshot> => ({
  snapshot: (room, snapshot) => rooms.snapshot(room, snapshot),
  update: (room, update, { now }) => rooms.update(room, update, now),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  refused: (room, { message }) => rooms.refuse(room, message),
})
