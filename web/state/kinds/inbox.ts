import type { InboxSnapshot } from '../../../wire/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** An inbox. Nothing shows it yet. */
export const inboxStore = (): KindStore<InboxSnapshot> => ({
  snapshot: () => {},
  update: () => {},
  gap: () => {},
  refused: () => {},
})
