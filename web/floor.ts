import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { createStream } from './socket/stream.ts'
import type { Api } from './state/api.ts'
import { createDispatch } from './state/dispatch.ts'
import { followPlace } from './state/follow-place.ts'
import type { Frames } from './state/frames.ts'
import { createKindStores } from './state/kinds/kinds.ts'
import { createMapView } from './state/map-view.ts'
import type { Place } from './state/place.ts'
import type { Prefs } from './state/prefs.ts'
import { createPulse } from './state/pulse.ts'
import { createStores } from './state/stores.ts'
import { shownWorkspace } from './state/wanted.ts'

export type FloorOptions = {
  api: Api
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
}

/** The whole dashboard without its views: stores, the one connection, and what ties them together. */
export const createFloor = ({ api, prefs, frames, now, steady, random, report, first, narrow }: FloorOptions) => {
  const place = signal<Place>(first)
  let shared = first.device
  const workspace = computed(() => shownWorkspace(place.value.workspace, narrow.value))
  const stores = createStores({ api, prefs, frames, now, random })
  const { link } = stores
  const emit = createDispatch({ kinds: createKindStores(stores), link, now, steady })
  const poke = (): void => stream.session.poke()
  const mapView = createMapView({ stores, watches: () => stream.watches, poke })
  const pulse = createPulse(now, () => {
    stores.tick()
    if (link.dead()) stream.connection.restart()
  })
  const { adopt: onView } = mapView
  const stream = createStream({ link, emit, onView, onArrival: pulse.catchUp, report, now, steady, random })
  const { connection, session, watches } = stream
  const go = (change: Partial<Place>): void => {
    place.value = { ...place.value, ...change }
  }

  return {
    ...stores,
    place: place as ReadonlySignal<Place>,
    workspace,
    narrow,
    view: mapView.covered,
    frames,
    prefs,
    now,
    config: api.config,
    go,
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
    /** The tab is hidden for long, or seen again. */
    pause: session.pause,
    paused: session.paused,
    resume: session.resume,
    tick: pulse.beat,
    /** Connects, and begins to follow the place. Returns a function that stops it. */
    start: (): (() => void) => {
      const follow = followPlace({ place, workspace, go, stores, watches, poke, now })
      const ends = [stores.start(), mapView.start(), follow]
      connection.open()
      return () => {
        for (const end of ends) end()
        connection.close()
      }
    },
  }
}
export type Floor = ReturnType<typeof createFloor>
