import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { createStream } from './socket/stream.ts'
import type { Api } from './state/api.ts'
import type { DeskPorts } from './state/desk/desk.ts'
import { createDispatch } from './state/dispatch.ts'
import { followPlace } from './state/follow-place.ts'
import type { Frames } from './state/frames.ts'
import type { Host } from './state/host.ts'
import { createKindStores } from './state/kinds/kinds.ts'
import { createMapView } from './state/map-view.ts'
import type { People } from './state/people.ts'
import type { Place } from './state/place.ts'
import type { Prefs } from './state/prefs.ts'
import { createPulse } from './state/pulse.ts'
import { createStores } from './state/stores.ts'
import { shownWorkspace, type Wanted, wantedTopics } from './state/wanted.ts'
import { createWork } from './work.ts'

/** A floor that shows what was shared, and nothing else. */
export type Only = {
  /** The share that answers for the page, and the token that it asks with. */
  host: Host
  token: () => string
  wanted: Wanted
  /** Whether there is a list of symbols. */
  list: boolean
}

export type FloorOptions = {
  api: Api
  people: People
  prefs: Prefs
  frames: Frames
  /** Unix milliseconds of this browser. */
  now: () => number
  /** Milliseconds of a clock that never jumps: the one that animation frames are stamped with. */
  steady: () => number
  random: () => number
  /** Hears of what went wrong in the page itself. */
  report: (error: unknown) => void
  first: Place
  narrow: ReadonlySignal<boolean>
  only?: Only
  /** What the desk needs of this browser; without it there is none. */
  desk?: DeskPorts
}

/** Joins anew whenever this browser's person becomes somebody else: who a socket is, is settled when it joins. */
const followPerson = ({ me }: People, rejoin: () => void): (() => void) => {
  let joined = me.peek()?.id ?? null
  return effect(() => {
    const id = me.value?.id ?? null
    if (id === joined) return
    joined = id
    untracked(rejoin)
  })
}

/** What a floor is made of, tied together; nothing of it runs yet. */
const composeFloor = (options: FloorOptions) => {
  const { api, people, prefs, frames, now, steady, random, report, first, narrow, only } = options
  const place = signal<Place>(first)
  const workspace = computed(() => shownWorkspace(place.value.workspace, narrow.value))
  const stores = createStores({ api, prefs, frames, now, random })
  const { link } = stores
  const emit = createDispatch({ kinds: createKindStores(stores), link, now, steady })
  const poke = (): void => stream.session.poke()
  const asleep = signal(false)
  const mapView = createMapView({ stores, watches: () => stream.watches, asleep, poke })
  const pulse = createPulse(now, () => {
    stores.tick()
    work?.desk.tick()
    work?.commands.tick()
    if (link.dead()) stream.connection.restart()
  })
  const tied = { host: only?.host ?? people, token: only?.token, onView: mapView.adopt, onArrival: pulse.catchUp }
  const stream = createStream({ ...tied, link, emit, report, now, steady, random })
  const set = (change: Partial<Place>): void => {
    place.value = { ...place.value, ...change }
  }
  const work =
    options.desk === undefined ? null : createWork(options, options.desk, { stores, stream, place, set, asleep })
  return { place, workspace, stores, asleep, mapView, pulse, stream, set, poke, work }
}

/** Connects, and begins to follow the place. Returns a function that stops it. */
const startFloor = (
  { place, workspace, stores, asleep, mapView, stream, set, poke, work }: ReturnType<typeof composeFloor>,
  { people, narrow, now, only }: FloorOptions,
): (() => void) => {
  const { connection, watches } = stream
  const { wanted: ofPlace = wantedTopics, list = true } = only ?? {}
  const wanted: Wanted = (...seen) => {
    const covered = asleep.value || (narrow.value && work?.desk.look.open.value === true)
    return new Map([...(covered ? [] : ofPlace(...seen)), ...(work?.desk.topics.value ?? [])])
  }
  const follow = followPlace({ place, workspace, go: set, stores, watches, wanted, poke, now })
  const rejoin = (): void => {
    connection.restart()
    connection.hurry()
  }
  const ends = [stores.start(list), mapView.start(), follow, followPerson(people, rejoin)]
  if (work) ends.push(work.desk.start(), work.commands.start())
  connection.open()
  return () => {
    for (const end of ends) end()
    connection.close()
  }
}

/** The whole dashboard without its views: stores, the one connection, and what ties them together. */
export const createFloor = (options: FloorOptions) => {
  const { api, people, prefs, frames, now, first, narrow } = options
  const parts = composeFloor(options)
  const { place, workspace, stores, asleep, mapView, pulse, stream, set, work } = parts
  const { connection, session } = stream
  const { link } = stores
  let shared = first.device
  const touch = (): void => work?.desk.follow.stop()

  return {
    ...stores,
    people,
    place: place as ReadonlySignal<Place>,
    workspace,
    narrow,
    view: mapView.covered,
    /** The part of the map that is seen; null where the map is not. */
    seen: mapView.bounds,
    frames,
    prefs,
    now,
    config: api.config,
    devicePage: api.devicePage,
    desk: work?.desk ?? null,
    commands: work?.commands ?? null,
    /** A person moves this screen by themselves: it follows nobody any more. */
    touch,
    go: (change: Partial<Place>): void => {
      touch()
      set(change)
    },
    look: mapView.look,
    /** The device that the address named when the page was opened, once: the map begins with it. */
    takeShared: (): string | null => {
      const device = shared
      shared = null
      return device
    },
    hurry: connection.hurry,
    /** The browser is about to freeze this page: a node must not send to one that takes nothing. `hurry` wakes it. */
    sleep: connection.restart,
    setOnline: (online: boolean): void => {
      link.online.value = online
      link.tick()
      if (online) connection.hurry()
    },
    /** The tab is hidden for long, or seen again. Whoever wants to hear of their inbox hears of that alone then. */
    pause: async (): Promise<void> => {
      if (work?.desk.alerts.wanted()) asleep.value = true
      else await session.pause()
    },
    paused: (): boolean => session.paused() || asleep.peek(),
    resume: (): void => {
      asleep.value = false
      session.resume()
    },
    tick: pulse.beat,
    start: (): (() => void) => startFloor(parts, options),
  }
}
export type Floor = ReturnType<typeof createFloor>
