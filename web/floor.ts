import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { Bounds } from '../wire/cells.ts'
import { createConnection } from './socket/connection.ts'
import { createSession } from './socket/session.ts'
import type { Api } from './state/api.ts'
import { createChart } from './state/chart.ts'
import { createDispatch } from './state/dispatch.ts'
import { createFleet } from './state/fleet.ts'
import type { Frames } from './state/frames.ts'
import { createGroups } from './state/groups.ts'
import { createLink } from './state/link.ts'
import { createListing } from './state/listing.ts'
import { createMarket } from './state/market.ts'
import type { Place } from './state/place.ts'
import type { Prefs } from './state/prefs.ts'
import { createSelection } from './state/track.ts'
import { shownWorkspace, wantedTopics } from './state/wanted.ts'
import { createWatches, type ViewState } from './state/watches.ts'

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

/** {@link createFloor.tick} comes once a second, in milliseconds; where it is so late, everything here stood still. */
const LATE_TICK = 3_000

/** The view is asked for again after so long, in milliseconds: there may be a group more. */
const LOOK_AGAIN = 30_000

/** The whole dashboard without its views: stores, the one connection, and what ties them together. */
export const createFloor = ({ api, prefs, frames, now, steady, random, report, first, narrow }: FloorOptions) => {
  const place = signal<Place>(first)
  let shared = first.device
  const view = signal<ViewState>({ cells: [], groups: null, error: null })
  const workspace = computed(() => shownWorkspace(place.value.workspace, narrow.value))

  const link = createLink(now)
  const market = createMarket(frames.wake)
  const chart = createChart(api.candles, frames.wake)
  const fleet = createFleet(frames.wake)
  const selection = createSelection(api.track, frames.wake)
  const groups = createGroups(prefs)
  let seen: Bounds | null = null
  let lookedAt = 0
  const listing = createListing({ load: api.symbols, market, prefs, random })
  const watches = createWatches(
    createDispatch({ market, chart, fleet, selection, link, now, steady }),
    (next: ViewState) => {
      fleet.watch(next.cells)
      view.value = next
      if (next.groups && groups.heard(next.groups)) look(seen)
    },
    report,
  )

  const connection = createConnection({
    now,
    random,
    on: {
      state: (state) => {
        link.become(state)
        if (state.phase === 'live') session.connected()
        else session.disconnected()
      },
      hello: link.hello,
      updates: (segments) => {
        if (late()) tick()
        for (const segment of segments)
          if (!('snapshot' in segment) && watches.closely(segment.topic)) link.clock.arrived(segment.at, now())
        watches.receive(segments)
        session.poke()
      },
      heartbeat: (heartbeat) => {
        if (late()) tick()
        link.beat(heartbeat.at)
        watches.heartbeat(heartbeat)
        session.poke()
      },
      notice: link.notice,
      gap: (gap) => {
        link.gap(gap)
        if (gap.topic.startsWith('s:')) market.gap(gap.topic.slice(2), now())
      },
    },
  })
  const session = createSession({
    asker: connection,
    watches,
    now: steady,
    random,
    onRoundTrip: link.clock.roundTrip,
    onCaughtUp: link.catchUp,
  })

  const look = (bounds: Bounds | null): void => {
    seen = bounds
    lookedAt = steady()
    watches.look(bounds, groups.wanted())
    session.poke()
  }

  const go = (change: Partial<Place>): void => {
    place.value = { ...place.value, ...change }
  }

  /** Watches exactly what is on the screen. */
  const follow = () => {
    const wanted = wantedTopics(
      { ...place.value, workspace: workspace.value },
      listing.symbols.value,
      listing.hidden.value,
    )
    untracked(() => {
      for (const topic of watches.topics()) if (topic[0] !== 'c' && !wanted.has(topic)) watches.drop(topic)
      for (const [topic, tuning] of wanted) watches.want(topic, tuning)
      session.poke()
    })
  }
  const openChart = () => {
    const { symbol, interval } = place.value
    const shown = workspace.value !== 'fleet' && symbol !== null
    untracked(() => (shown ? chart.open(symbol, interval) : chart.close()))
  }
  const selectDevice = () => {
    const { device } = place.value
    untracked(() => selection.select(device, link.clock.serverTime(now())))
  }
  const chooseSymbol = () => {
    const [symbol] = listing.symbols.value
    if (place.value.symbol === null && symbol !== undefined) go({ symbol })
  }

  let tickedAt = now()
  /** Whether this page slept: what arrives has waited for it, and it must not be taken for news before the clock is looked at. */
  const late = (): boolean => now() - tickedAt > LATE_TICK
  const tick = (): void => {
    tickedAt = now()
    link.tick()
    listing.tick(now())
    chart.tick()
    fleet.tick(now())
    if (seen !== null && steady() - lookedAt > LOOK_AGAIN) look(seen)
    if (link.dead()) connection.restart()
  }

  return {
    place: place as ReadonlySignal<Place>,
    workspace,
    narrow,
    view: view as ReadonlySignal<ViewState>,
    link,
    market,
    chart,
    fleet,
    selection,
    listing,
    frames,
    prefs,
    now,
    config: api.config,
    go,
    /** The part of the map that is seen; null where the map is not. */
    look: (bounds: Bounds | null): void => {
      look(bounds)
      if (bounds === null) view.value = { cells: [], groups: null, error: null }
      if (bounds === null) fleet.watch([])
    },
    groups,
    /** Shows a group of devices on the map, or shows it no longer. */
    toggleGroup: (group: string): void => {
      groups.toggle(group)
      look(seen)
    },
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
    tick,
    /** Connects, and begins to follow the place. Answers how to stop. */
    start: (): (() => void) => {
      const ends = [
        frames.add(market.flush),
        frames.add(chart.flush),
        effect(follow),
        effect(openChart),
        effect(selectDevice),
        effect(chooseSymbol),
      ]
      listing.start()
      connection.open()
      return () => {
        for (const end of ends) end()
        connection.close()
      }
    },
  }
}
export type Floor = ReturnType<typeof createFloor>
