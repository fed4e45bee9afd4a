import type { InboxSnapshot } from '../../../wire/rooms.ts'
import type { Inbox } from '../desk/inbox.ts'
import type { KindStore } from './kind-store.ts'

/** One's own inbox: mentions and announcements, and how far one has read. */
export const inboxStore = ({ inbox }: { inbox: Inbox }): KindStore<InboxSnapshot> => ({
  snapshot: (_id, snapshot) => inbox.snapshot(snapshot),
  update: (_id, update) => inbox.update(update),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  // It is one's own: asked for only while one is signed in.
  refused: () => {},
})
