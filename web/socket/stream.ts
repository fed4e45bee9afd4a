import type { Host } from '../state/host.ts'
import type { Link } from '../state/link.ts'
import type { ViewState } from '../state/view.ts'
import type { Emit } from '../state/watch.ts'
import { createWatches } from '../state/watches.ts'
import { createConnection } from './connection.ts'
import { createSession } from './session.ts'
import { createStanding } from './standing.ts'

export type StreamOptions = {
  link: Link
  /** Whoever answers for this page. */
  host: Host
  /** What it asks with, where no cookie tells who it is. */
  token?: (() => string) | undefined
  emit: Emit
  onView: (view: ViewState) => void
  /** Called before what arrives is taken in. */
  onArrival: () => void
  /** Hears of what went wrong in the page itself. */
  report: (error: unknown) => void
  /** Unix milliseconds of this browser. */
  now: () => number
  /** Milliseconds of a clock that never jumps. */
  steady: () => number
  random: () => number
}

/** The one connection to a node, what is watched over it, and what comes of it. */
export const createStream = (options: StreamOptions) => {
  const { link, host, emit, onView, onArrival, report, now, steady, random } = options
  const watches = createWatches(emit, onView, report)
  const connection = createConnection({
    token: options.token,
    now,
    random,
    onRefused: () => void host.check(),
    on: {
      state: (state) => {
        link.become(state)
        if (state.phase === 'live') session.connected()
        else session.disconnected()
      },
      hello: (hello) => {
        link.hello(hello)
        host.met()
      },
      updates: (segments) => {
        onArrival()
        for (const segment of segments)
          if (!('snapshot' in segment) && watches.closely(segment.topic)) link.clock.arrived(segment.at, now())
        watches.receive(segments)
        session.poke()
      },
      heartbeat: (heartbeat) => {
        onArrival()
        link.beat(heartbeat.at)
        watches.heartbeat(heartbeat)
        session.poke()
      },
      notice: (notice) => {
        link.notice(notice)
        heed(notice)
      },
      gap: (gap) => {
        if (watches.watching(gap.topic)) emit({ kind: 'gap', gap })
      },
    },
  })
  const wait = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms))
  const heed = createStanding({ host, watches, renew: connection.renew, now, wait })
  const session = createSession({
    asker: connection,
    watches,
    now: steady,
    random,
    onRoundTrip: link.clock.roundTrip,
    onCaughtUp: link.catchUp,
  })
  return { watches, connection, session }
}
