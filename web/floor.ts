import { effect, type ReadonlySignal, untracked } from '@preact/signals'
import { composeFloor, type FloorOptions, type FloorParts } from './floor-parts.ts'
import type { Under } from './ground.ts'
import { followPlace } from './state/follow-place.ts'
import type { People } from './state/people.ts'
import type { Place } from './state/place.ts'
import { type Wanted, wantedTopics } from './state/wanted.ts'

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

/** Connects, and begins to follow the place. Returns a function that stops it. */
const startFloor = (parts: FloorParts, { people, narrow, only }: FloorOptions): (() => void) => {
  const { ground, workspace, stores, covered, unseen, mapView, archived, past, stream, complete, set, poke, work } =
    parts
  const { place, now } = ground
  const { connection, watches } = stream
  const { wanted: ofPlace = wantedTopics, list = true } = only ?? {}
  const wanted: Wanted = ({ order, ...seen }, ...more) => {
    const nothing = unseen.value || (narrow.value && work?.desk.look.open.value === true)
    // Orders are of now.
    const shown = past === null ? { ...seen, order } : seen
    return new Map([...(nothing ? [] : ofPlace(shown, ...more)), ...(work?.desk.topics.value ?? [])])
  }
  const follow = followPlace({ place, workspace, go: set, stores, watches, wanted, poke, now, covered })
  const rejoin = (): void => {
    connection.restart()
    connection.hurry()
  }
  const ends = [stores.start(list), mapView.start(), follow, followPerson(people, rejoin), complete.start()]
  if (work) ends.push(work.desk.start())
  if (work?.commands) ends.push(work.commands.start())
  if (past) ends.push(past.start())
  if (only === undefined) archived.ask()
  connection.open()
  return () => {
    for (const end of ends) end()
    connection.close()
  }
}

/** What the browser tells a floor of: whether its page is seen, frozen, or without a network. */
const createWakefulness = ({ asleep, stores: { link, listing }, stream, past, pulse, work }: FloorParts) => ({
  hurry: stream.connection.hurry,
  /** The browser is about to freeze this page: a node must not send to one that takes nothing. `hurry` wakes it. */
  sleep: stream.connection.restart,
  setOnline: (online: boolean): void => {
    link.online.value = online
    link.tick()
    if (online) stream.connection.hurry()
  },
  /** The tab is hidden for long, or seen again. Whoever wants to hear of their inbox hears of that alone then. */
  pause: async (): Promise<void> => {
    past?.rest()
    if (past === null && work?.desk.alerts.wanted()) asleep.value = true
    else await stream.session.pause()
  },
  paused: (): boolean => stream.session.paused() || asleep.peek(),
  resume: (): void => {
    if (stream.session.paused() || asleep.peek()) listing.reload()
    asleep.value = false
    stream.session.resume()
    past?.goOn()
  },
  tick: pulse.beat,
})

/** The whole dashboard without its views: stores, the one connection, and what ties them together. */
export const createFloor = (options: FloorOptions) => {
  const { people, prefs, frames, first, narrow, under } = options
  const parts = composeFloor(options)
  const { ground, workspace, stores, mapView, archived, past, complete, set, work } = parts
  const { api, now, place, pace, aims } = ground
  let shared = first.device
  const follow = under?.follow ?? work?.desk.follow ?? null
  const touch = under?.touch ?? ((): void => work?.desk.follow.stop())
  const go = (change: Partial<Place>): void => {
    touch()
    set(change)
  }
  /** The device that the address named when the page was opened, once: the map begins with it. */
  const takeShared = (): string | null => {
    const device = shared
    shared = null
    return device
  }

  return {
    ...stores,
    ...createWakefulness(parts),
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
    /** Following a colleague; null where there is no desk. */
    follow,
    commands: work?.commands ?? null,
    /** The clock of the past; null on the live floor. */
    past: past?.past ?? null,
    /** What the archive has, and of what is shown. */
    archive: archived,
    complete: { chart: complete.chart, device: complete.device },
    /** A person moves this screen by themselves: it follows nobody any more. */
    touch,
    go,
    /** To a moment of the past (Unix ms). */
    goTo: (at: number): void => {
      touch()
      if (past) past.past.go(at)
      else set({ at: Math.max(0, Math.floor(at)) })
    },
    look: mapView.look,
    takeShared: under?.takeShared ?? takeShared,
    /** What a floor of the past, laid over this one, has of it. */
    under: { place, pace, aims, touch, takeShared, follow } satisfies Under,
    start: (): (() => void) => startFloor(parts, options),
  }
}
export type Floor = ReturnType<typeof createFloor>
