import type { RoomSnapshot } from '../../../wire/rooms.ts'
import type { Rooms } from '../desk/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** A room: its messages, and who writes. */
export const roomStore = ({ rooms }: { rooms: Rooms }): KindStore<RoomSnapshot> => ({
  snapshot: (id, snapshot) => rooms.snapshot(`m:${id}`, snapshot),
  update: (id, update, { now }) => rooms.update(`m:${id}`, update, now),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  refused: (id, { message }) => rooms.refuse(`m:${id}`, message),
})
