import type { RegisterSnapshot } from '../../../wire/register.ts'
import type { Groups } from '../groups.ts'
import type { KindStore } from './kind-store.ts'

/** Which devices there are. The map must know of groups that are new: it asks for the cells of each. */
export const registerStore = ({ groups }: { groups: Groups }): KindStore<RegisterSnapshot> => ({
  // How many there are is shown nowhere; the groups come with the answer to the view.
  snapshot: () => {},
  update: (_id, { devices = [] }) => {
    for (const { group } of devices) if (group !== undefined) groups.hear(group)
  },
  // A new group may be among what was missed.
  gap: () => groups.askAgain(),
  // There is always one.
  refused: () => {},
})
