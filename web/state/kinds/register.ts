import type { RegisterSnapshot } from '../../../wire/register.ts'
import type { Groups } from '../groups.ts'
import type { Selection } from '../selection.ts'
import type { KindStore } from './kind-store.ts'

type Stores = { groups: Groups; selection: Selection }

/** Which devices there are. The map must know of groups that are new: it asks for the cells of each. */
export const registerStore = ({ groups, selection }: Stores): KindStore<RegisterSnapshot> => ({
  // How many there are is shown nowhere; the groups come with the answer to the view.
  snapshot: () => {},
  update: (_id, { devices = [] }) => {
    for (const device of devices) {
      if (device.group !== undefined) groups.hear(device.group)
      selection.describe(device)
    }
  },
  // A new group may be among what was missed.
  gap: () => groups.askAgain(),
  // There is always one.
  refused: () => {},
})
