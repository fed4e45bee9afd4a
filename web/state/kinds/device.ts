import { cellOf, groupOfCell } from '../../../wire/cells.ts'
import type { DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { isWithheld } from '../refusal.ts'
import type { Selection } from '../selection.ts'
import type { KindStore } from './kind-store.ts'

/** The cell that a device is in with a fix: one of its group, which its last cell tells. */
const cellAfter = ({ lat, lon }: Fix, before: string | null): string =>
  before ? cellOf(lat, lon, groupOfCell(before)) : cellOf(lat, lon)

/** A device that is watched by name: the selected one. */
export const deviceStore = ({ selection }: { selection: Selection }): KindStore<DeviceSnapshot> => ({
  snapshot: (id, snapshot, _cursor, { now, serverNow }) => selection.snapshot(id, snapshot, now, serverNow),
  update: (id, update, { now }) =>
    selection.update(id, update, cellAfter, now, (update.after ?? update.seq - 1) === update.seq - 1),
  // What was missed is read from the track, as soon as the snapshot has come.
  gap: () => {},
  refused: (id, error) => (isWithheld(error) ? selection.withhold(id) : selection.refuse(id, error.message)),
})
