import type { DeviceSnapshot } from '../../../wire/fleet.ts'
import type { DeviceCommandStore } from '../commands/device-commands.ts'
import { isWithheld } from '../refusal.ts'
import type { KindStore } from './kind-store.ts'

/** The commands of the device that is watched by name. */
export const deviceCommandsStore = ({
  deviceCommands,
}: {
  deviceCommands: DeviceCommandStore
}): KindStore<DeviceSnapshot> => ({
  snapshot: (id, snapshot) => deviceCommands.snapshot(id, snapshot),
  update: (id, update) => deviceCommands.update(id, update),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  refused: (id, error) => {
    if (isWithheld(error)) deviceCommands.withhold(id)
  },
})
