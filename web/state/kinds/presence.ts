import type { PresenceSnapshot } from '../../../wire/rooms.ts'
import type { PresenceStore } from '../desk/presence.ts'
import type { KindStore } from './kind-store.ts'

/** Who is on the floor. */
export const presenceStore = ({ presence }: { presence: PresenceStore }): KindStore<PresenceSnapshot> => ({
  snapshot: (_id, snapshot) => presence.snapshot(snapshot),
  update: (_id, update) => presence.update(update),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  // Then nobody is seen.
  refused: () => presence.snapshot({ here: [] }),
})
