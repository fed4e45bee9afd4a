import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { InboxItem } from '../../../wire/rooms.ts'
import type { Api } from '../api.ts'
import type { Link } from '../link.ts'
import type { Pace } from '../past/past-clock.ts'
import type { Place } from '../place.ts'
import type { MapView } from '../prefs.ts'
import { type Attention, createAlerts } from './alerts.ts'
import type { DeskPrefs } from './desk-prefs.ts'
import { createDeviceFinder } from './device-finder.ts'
import { createDrafts } from './drafts.ts'
import { createFollow, type Follow } from './follow.ts'
import { createKnownPeople } from './known-people.ts'
import { startDesk } from './life.ts'
import { createLook } from './look.ts'
import { createMarks, type MarksOptions } from './marks.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { createPast } from './past.ts'
import type { DeskPerson } from './person.ts'
import { createRights } from './rights.ts'
import { createRoomList } from './room-list.ts'
import { parseRoom } from './room-names.ts'
import type { DeskStores } from './stores.ts'
import { createTelling, type TellingOptions } from './telling.ts'
import { createUnread } from './unread.ts'
import { deskTopics } from './wanted.ts'

/** What is asked of a node. Each rejects where no answer comes in time. */
type DeskActs = {
  say: OutboxOptions['say']
  mark: MarksOptions['mark']
  here: TellingOptions['here']
}

/** What the desk needs of the browser. */
export type DeskPorts = {
  attention: Attention
  prefs: DeskPrefs
  newId: () => string
}

export type DeskOptions = DeskPorts & {
  stores: DeskStores
  api: Pick<Api, 'rooms' | 'messages' | 'people' | 'devices'>
  acts: DeskActs
  person: DeskPerson
  link: Pick<Link, 'phase'>
  /** Where one is, and which part of the map is seen. */
  place: ReadonlySignal<Place>
  map: ReadonlySignal<MapView | null>
  /** How fast the past goes on, where it is the past that one looks at. */
  pace: ReadonlySignal<Pace>
  /** Nobody looks at this page. */
  asleep: ReadonlySignal<boolean>
  /** Moves this screen to a colleague's, as `formatScreen` wrote it. */
  move: (place: string) => void
  /** Unix milliseconds of this browser. */
  now: () => number
  /** Milliseconds of a clock that never jumps. */
  steady: () => number
  /** Whom one follows, where another desk knows that. */
  follow?: Follow | undefined
}

/** All that is done with rooms, the inbox and colleagues, and all that is known of them, without its views. */
export const createDesk = (options: DeskOptions) => {
  const { stores, api, acts, person, attention, prefs, link, place, map, pace, asleep, move } = options
  const { now, steady, newId } = options
  const { rooms, inbox, presence, screens } = stores
  const handle = computed(() => person.me.value?.id ?? null)
  const isLive = (): boolean => link.phase.peek().phase === 'live'
  const isNamed = (): boolean => isLive() && handle.peek() !== null

  const rights = createRights(person)
  const look = createLook(prefs)
  const list = createRoomList(api.rooms, steady)
  const people = createKnownPeople(api.people, steady)
  const marks = createMarks({ mark: acts.mark, inbox, ready: isNamed })
  const telling = createTelling({ here: acts.here, ready: () => isNamed() && attention.visible(), steady })
  const follow = options.follow ?? createFollow({ screens, move })
  const openItem = ({ room, message }: InboxItem): void => {
    const topic = parseRoom(room)
    if (topic !== null) look.enter(topic, message)
  }
  const hushed = (): boolean => place.peek().at !== undefined
  const alerts = createAlerts({ attention, inbox, prefs, open: openItem, hushed })
  const outbox = createOutbox({
    ...{ say: acts.say, ready: isLive, me: () => handle.peek() },
    ...{ kept: prefs.unsent, newId, said: rooms.said },
  })
  const unread = createUnread({ rooms, list, inbox, look, rights, place, handle })
  const shows = signal(prefs.shows.get() === true)
  const topics = computed(() =>
    deskTopics({
      ...{ me: handle.value, open: look.open.value, room: look.room.value, asleep: asleep.value },
      ...{ leader: follow.leader.value?.id ?? null, sees: rights.sees, may: (topic) => person.may('watch', topic) },
    }),
  )

  const desk = {
    ...{ rooms, inbox, presence, handle, rights, look, list, people, marks, telling, follow, alerts, outbox, unread },
    ...{ topics, isLive, attention, openItem },
    past: createPast(api.messages, rooms),
    drafts: createDrafts(),
    finder: createDeviceFinder(api.devices),
    me: person.me,
    /** Whether others see what one looks at. */
    shows: shows as ReadonlySignal<boolean>,
    show: (next: boolean): void => {
      shows.value = next
      prefs.shows.set(next)
    },
    giveName: person.giveName,
    /** Comes once a second. */
    tick: (): void => {
      rooms.tick(now())
      marks.tick()
      outbox.tick()
      telling.tick()
      if (rights.any()) list.tick(look.open.peek())
    },
  }
  return { ...desk, start: () => startDesk({ ...desk, place, map, pace, link }) }
}
export type Desk = ReturnType<typeof createDesk>
