import { cellOf } from '../../../wire/cells.ts'
import type { DeviceSnapshot } from '../../../wire/fleet.ts'
import type { Selection } from '../selection.ts'
import type { KindStore } from './kind-store.ts'

/** A device that is watched by name: the selected one. */
export const deviceStore = ({ selection }: { selection: Selection }): KindStore<DeviceSnapshot> => ({
  snapshot: (id, snapshot, _cursor, { now, serverNow }) => selection.snapshot(id, snapshot, now, serverNow),
  update: (id, { fixes = [] }, { now }) => selection.update(id, fixes, ({ lat, lon }) => cellOf(lat, lon), now),
  // What was missed is read from the track, as soon as the snapshot has come.
  gap: () => {},
  refused: (id, { message }) => selection.refuse(id, message),
})
