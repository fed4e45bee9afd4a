import { effect, type ReadonlySignal, untracked } from '@preact/signals'
import type { Link } from '../link.ts'
import type { Pace } from '../past/past-clock.ts'
import type { Place } from '../place.ts'
import type { MapView } from '../prefs.ts'
import type { Alerts } from './alerts.ts'
import type { Follow } from './follow.ts'
import type { Inbox } from './inbox.ts'
import type { KnownPeople } from './known-people.ts'
import type { Look } from './look.ts'
import type { Marks } from './marks.ts'
import type { Outbox } from './outbox.ts'
import type { RoomRights } from './rights.ts'
import type { RoomList } from './room-list.ts'
import { formatScreen, lookedAt } from './screen-place.ts'
import type { Telling } from './telling.ts'

export type LifeOptions = {
  handle: ReadonlySignal<string | null>
  /** Whether others see what one looks at. */
  shows: ReadonlySignal<boolean>
  place: ReadonlySignal<Place>
  map: ReadonlySignal<MapView | null>
  /** How fast the past goes on, where it is the past that one looks at. */
  pace: ReadonlySignal<Pace>
  link: Pick<Link, 'phase'>
  alerts: Alerts
  follow: Follow
  inbox: Inbox
  list: RoomList
  look: Look
  marks: Marks
  outbox: Outbox
  people: KnownPeople
  rights: RoomRights
  telling: Telling
}

/** What the desk does by itself, as long as the page lives. Returns a function that ends it. */
export const startDesk = (parts: LifeOptions): (() => void) => {
  const { handle, shows, place, map, pace, link, alerts, follow, inbox, list, look, marks, outbox, people, rights } =
    parts
  const { telling } = parts
  /** Somebody else: what was theirs before is not this person's. */
  const begin = () => {
    void handle.value
    untracked(() => {
      for (const store of [inbox, marks, list, people]) store.clear()
      follow.stop()
    })
  }
  const read = () => {
    if (rights.any()) list.read()
  }
  const greet = () => {
    if (link.phase.value.phase !== 'live') return
    untracked(() => {
      telling.connected()
      outbox.tick()
      read()
    })
  }
  const tell = () => {
    const [where, seen, speed, followed] = [place.value, map.value, pace.value, follow.place()]
    const told = shows.value
      ? { on: lookedAt(where), place: followed ?? formatScreen({ place: where, map: seen, speed }) }
      : { on: null, place: null }
    untracked(() => telling.tell(told))
  }
  const open = () => {
    void handle.value
    if (!look.open.value) return
    untracked(() => {
      people.read()
      read()
    })
  }
  const ends: (() => void)[] = [begin, greet, tell, open].map((each) => effect(each))
  ends.push(follow.start(), alerts.start(), inbox.onNews(read))
  return () => {
    for (const end of ends) end()
    telling.stop()
  }
}
