import type { Logger } from 'pino'
import type { RoomRow } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import { type Faults, isOwnFault } from '../faults.ts'
import type { Act, Acts } from '../live/who.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { selfOf } from './asker.ts'
import { createHere } from './here.ts'
import { type MessagesQuery, readMessages } from './history.ts'
import { createRoomList } from './list.ts'
import { createMark } from './mark.ts'
import { createOpenings } from './openings.ts'
import { createHandles, type ReadPeople } from './people.ts'
import { createPresence, type Presence } from './presence.ts'
import type { Tab } from './roster.ts'
import { type Counted, createSay } from './say.ts'

export type RoomsPorts = {
  redis: Commands
  node: string
  /** Whether Redis can be used. */
  isUp: () => boolean
  /** Everybody who was ever let in by name: at most some thousands. */
  people: ReadPeople
  /** Told of each announcement, who made it and where, before it is made. */
  announced: (who: string, room: Topic) => Promise<void>
  count: (said: Counted) => void
  unreadable: Unreadable
  log: Logger
  faults: Faults
}

export type Rooms = {
  attend: (asker: Asker) => { acts: Pick<Acts, 'say' | 'mark' | 'here'>; leave: () => void }
  presence: Presence
  list: (asker: Asker) => Promise<RoomRow[]>
  messages: (query: MessagesQuery) => ReturnType<typeof readMessages>
}

const NOBODY: Tab = { look: () => {}, leave: () => {} }

/** What people write to each other, and who is here. */
export const createRooms = ({ redis, people, unreadable, log, faults, ...ports }: RoomsPorts): Rooms => {
  const now = (): number => performance.now()
  const presence = createPresence({ ...ports, redis, log, faults, now, time: Date.now })
  const handles = createHandles({ redis, people, now })
  const list = createRoomList({ redis, unreadable, now })
  const openings = createOpenings(list.names, now)
  /** Clients are told `unavailable` where an act fails; why, is for the log. */
  const logged =
    (act: Act): Act =>
    (input) =>
      act(input).catch((error) => {
        if (isOwnFault(error)) faults.caught('client.request', error)
        else log.debug({ reason: String(error) }, 'What somebody wrote or marked could not be kept')
        throw error
      })
  return {
    presence,
    list: list.rows,
    messages: (query) => readMessages(redis, query, unreadable),
    attend: (asker) => {
      const found = selfOf(asker)
      const tab = 'self' in found ? presence.join(found.self) : NOBODY
      const { announced, count } = ports
      return {
        acts: {
          say: logged(createSay({ redis, handles, openings, announced, count, now }, asker)),
          mark: logged(createMark(redis, asker)),
          here: logged(createHere(redis, asker, tab, now)),
        },
        leave: tab.leave,
      }
    },
  }
}
