import { PAST_NAMESPACE, type PastAuth, type PastStand } from '../../wire/past.ts'
import type { Host } from '../state/host.ts'
import type { Link } from '../state/link.ts'
import type { ViewState } from '../state/view.ts'
import type { Emit } from '../state/watch.ts'
import { createWatches } from '../state/watches.ts'
import { createConnection } from './connection.ts'
import { createSession } from './session.ts'
import { createStanding } from './standing.ts'

/** A clock of the past, which a node runs as long as the connection stands. */
export type StreamClock = {
  /** Where it is to begin. */
  auth: () => PastAuth
  connected: () => void
  disconnected: () => void
  /** The node says where it stands. */
  notice: (stand: PastStand) => void
  refused: () => void
}

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
  /** Of a floor that shows the past. */
  past?: StreamClock | undefined
}

/** The one connection to a node, what is watched over it, and what comes of it. */
export const createStream = (options: StreamOptions) => {
  const { link, host, token, emit, onView, onArrival, report, now, steady, random, past } = options
  const watches = createWatches(emit, onView, report)
  const connection = createConnection({
    namespace: past && PAST_NAMESPACE,
    auth: (token ?? past) && (() => ({ ...(token && { token: token() }), ...past?.auth() })),
    now,
    random,
    onRefused: () => {
      past?.refused()
      void host.check()
    },
    on: {
      state: (state) => {
        link.become(state)
        if (state.phase === 'live') begin()
        else {
          past?.disconnected()
          session.disconnected()
        }
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
        if (notice.kind === 'clock') past?.notice(notice)
      },
      gap: (gap) => {
        if (watches.watching(gap.topic)) emit({ kind: 'gap', gap })
      },
    },
  })
  const begin = (): void => {
    // Numbers of another clock: what is shown may be of another moment, and counts no more.
    if (past) watches.forgetCursors()
    session.connected()
    past?.connected()
  }
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
export type Stream = ReturnType<typeof createStream>
