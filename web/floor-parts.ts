import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { createGround, type Under } from './ground.ts'
import { createPastPart } from './past-part.ts'
import { createStream, type Stream } from './socket/stream.ts'
import type { Api } from './state/api.ts'
import type { DeskPorts } from './state/desk/desk.ts'
import { createDispatch } from './state/dispatch.ts'
import type { Frames } from './state/frames.ts'
import type { Host } from './state/host.ts'
import { createKindStores } from './state/kinds/kinds.ts'
import { createLink } from './state/link.ts'
import { createMapView } from './state/map-view.ts'
import { createArchived } from './state/past/archived.ts'
import { createCompleteness } from './state/past/completeness.ts'
import type { PastFloor } from './state/past/create-past.ts'
import type { People } from './state/people.ts'
import type { Place } from './state/place.ts'
import type { Prefs } from './state/prefs.ts'
import { createPulse } from './state/pulse.ts'
import { createStores } from './state/stores.ts'
import { shownWorkspace, type Wanted } from './state/wanted.ts'
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
  /** The live floor over which this one lies, to show the moment that the place names. */
  under?: Under
}

/** What a floor is made of, tied together; nothing of it runs yet. */
export const composeFloor = (options: FloorOptions) => {
  const { people, prefs, frames, now: here, steady, random, report, narrow, only } = options
  const ground = createGround(options)
  const { api, now, place, aims } = ground
  const isPast = ground.past !== null
  const workspace = computed(() => shownWorkspace(place.value.workspace, narrow.value))
  const link = createLink(here, ground.clock)
  const stores = createStores({ api, prefs, frames, link, now, random, aims, isPast })
  const emit = createDispatch({ kinds: createKindStores(stores), link, now, steady })
  const poke = (): void => stream.session.poke()
  const asleep = signal(false)
  /** Another floor lies over this one, and shows the place as of its moment. */
  const covered = computed(() => !isPast && place.value.at !== undefined)
  const unseen = computed(() => asleep.value || covered.value)
  const mapView = createMapView({ stores, watches: () => stream.watches, asleep: unseen, poke })
  const pulse = createPulse(here, () => {
    stores.tick()
    work?.desk.tick()
    work?.commands?.tick()
    if (link.dead()) stream.connection.restart()
  })
  const archived = createArchived(api)
  const past: PastFloor | null = createPastPart({ ground, stores, archived, stream: () => stream, here })
  const tied = { host: only?.host ?? people, token: only?.token, onView: mapView.adopt, onArrival: pulse.catchUp }
  const stream: Stream = createStream({
    ...{ ...tied, link, emit, report, now: here, steady, random },
    past: past ?? undefined,
  })
  const complete = createCompleteness({
    ...{ load: api.complete, span: archived.span },
    symbol: computed(() => stores.chart.state.value?.symbol ?? null),
    device: computed(() => stores.selection.selected.value?.id ?? null),
  })
  const set = (change: Partial<Place>): void => {
    place.value = { ...place.value, ...change }
  }
  const work =
    options.desk === undefined ? null : createWork(options, options.desk, { ground, stores, stream, set, asleep })
  const state = { ground, workspace, stores, asleep, covered, unseen }
  return { ...state, mapView, pulse, archived, past, stream, complete, set, poke, work }
}
export type FloorParts = ReturnType<typeof composeFloor>
