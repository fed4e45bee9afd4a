import { createInbox } from './inbox.ts'
import { createPresence } from './presence.ts'
import { createRooms } from './rooms.ts'
import { createScreens } from './screens.ts'

/** What the topics of people tell: one store a kind. */
export const createDeskStores = () => ({
  rooms: createRooms(),
  inbox: createInbox(),
  presence: createPresence(),
  screens: createScreens(),
})
export type DeskStores = ReturnType<typeof createDeskStores>
