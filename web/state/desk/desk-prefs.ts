import type { Topic } from '../../../wire/topics.ts'
import { remember, type Shelf } from '../memory.ts'
import { parseRoom } from './room-names.ts'
import { readAllUnsent, type Unsent } from './unsent.ts'

const flag = (stored: unknown): boolean | null => (typeof stored === 'boolean' ? stored : null)

/**
 * What the desk remembers between visits; `tab` forgets it all when the tab is closed: what was not sent belongs to the
 * tab in which it was written.
 */
export const createDeskPrefs = (shelf: Shelf, tab: Shelf) => ({
  deskOpen: remember<boolean>(shelf, 'desk-open', flag),
  room: remember<Topic>(shelf, 'room', (stored) => (typeof stored === 'string' ? parseRoom(stored) : null)),
  shows: remember<boolean>(shelf, 'shows', flag),
  notifications: remember<boolean>(shelf, 'notifications', flag),
  sound: remember<boolean>(shelf, 'sound', flag),
  unsent: remember<Unsent[]>(tab, 'unsent', readAllUnsent),
})
export type DeskPrefs = ReturnType<typeof createDeskPrefs>
