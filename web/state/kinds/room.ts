import type { RoomSnapshot } from '../../../wire/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** A room. Nothing shows it yet. */
export const roomStore = (): KindStore<RoomSnapshot> => ({
  snapshot: () => {},
  update: () => {},
  gap: () => {},
  refused: () => {},
})
