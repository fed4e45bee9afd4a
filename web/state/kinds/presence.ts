import type { PresenceSnapshot } from '../../../wire/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** Who is here. Nothing shows it yet. */
export const presenceStore = (): KindStore<PresenceSnapshot> => ({
  snapshot: () => {},
  update: () => {},
  gap: () => {},
  refused: () => {},
})
