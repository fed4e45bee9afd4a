import type { ScreenSnapshot } from '../../../wire/rooms.ts'
import type { Screens } from '../desk/screens.ts'
import type { KindStore } from './kind-store.ts'

/** What a colleague shows to those who follow them. */
export const screenStore = ({ screens }: { screens: Screens }): KindStore<ScreenSnapshot> => ({
  snapshot: (id, snapshot) => screens.snapshot(id, snapshot),
  update: (id, update) => screens.update(id, update),
  // Only where they are now matters.
  gap: () => {},
  refused: (id) => screens.snapshot(id, { screen: null }),
})
