import type { CellSnapshot } from '../../../wire/fleet.ts'
import type { Fleet } from '../fleet.ts'
import type { KindStore } from './kind-store.ts'

/** A cell of the map: the devices in it. */
export const cellStore = ({ fleet }: { fleet: Fleet }): KindStore<CellSnapshot> => ({
  snapshot: (cell, snapshot, _cursor, times) => fleet.snapshot(cell, snapshot, times),
  update: (cell, update, times) => fleet.update(cell, update, times),
  // Devices have no mark for it: the snapshot that follows puts them right.
  gap: () => {},
  // Whether the view is refused is told once, for all of its cells.
  refused: () => {},
})
