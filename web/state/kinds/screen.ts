import type { ScreenSnapshot } from '../../../wire/rooms.ts'
import type { KindStore } from './kind-store.ts'

/** What somebody shows to those who follow them. Nothing follows yet. */
export const screenStore = (): KindStore<ScreenSnapshot> => ({
  snapshot: () => {},
  update: () => {},
  gap: () => {},
  refused: () => {},
})
