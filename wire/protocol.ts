import type { Bounds } from './cells.ts'
import type { CancelReply, CancelRequest, CommandReply, CommandRequest } from './commands.ts'
import type { Snapshot, UpdateBody } from './kinds/kinds.ts'
import type { ClockReply, ClockRequest, PastStand } from './past.ts'
import type { RenewReply, RenewRequest } from './people.ts'
import type { DoneReply, HereRequest, MarkRequest, SayReply, SayRequest } from './rooms.ts'
import type { Topic } from './topics.ts'

export type { Snapshot, UpdateBody } from './kinds/kinds.ts'

/** Where a client stands in a topic: the life of its counter and the last number seen. */
export type Cursor = { epoch: string; seq: number }

/**
 * One numbered update of a topic, as Redis published it; `at` is Redis's clock in Unix milliseconds. It follows number
 * `after`, which is there only where it is not `seq - 1`: what lay between was conflated into this one.
 */
export type Update = { topic: Topic; epoch: string; seq: number; after?: number; at: number } & UpdateBody
/**
 * A topic's state anew, in the stream of updates: throw away what was known. Sent when a node had to resync the topic.
 */
export type Resync = { topic: Topic; epoch: string; seq: number; at: number; snapshot: Snapshot }
export type Segment = Update | Resync

export const ERROR_CODES = {
  bad_request: 'The message does not have the shape that docs/protocol.md describes.',
  bad_topic: 'No topic has such a name.',
  not_signed_in: 'Sign in first.',
  not_allowed: 'You may not do this. Whoever manages people here can change that.',
  not_watched: 'This client does not watch the topic.',
  not_found: 'There is nothing at this address.',
  wrong_method: 'This method is not taken here: the header Allow names those that are.',
  wrong_host: 'This node does not go by that host name. Its setting HOSTS lists the names that it accepts.',
  unknown_symbol: 'No feed has described or traded this symbol.',
  unknown_device: 'No device of this name has reported.',
  bad_command: 'This command cannot be given.',
  too_many_commands: 'As many commands are open for this device as there may be: wait, or cancel some.',
  too_many_watches: 'This client already watches as many topics as one client may.',
  too_many: 'There are already as many of these as there may be: end some first.',
  view_too_wide: 'The view covers more cells than one client may watch: zoom in, or ask for fewer groups.',
  rate_limited: 'Too many requests: wait a second.',
  unavailable: 'The data cannot be read right now: try again.',
} as const
export type ErrorCode = keyof typeof ERROR_CODES
export type WireError = { code: ErrorCode; message: string }

/** The answer for one watched topic. `replay` holds exactly what the client missed, in order. */
export type WatchResult =
  | { topic: Topic; kind: 'current'; cursor: Cursor }
  | { topic: Topic; kind: 'replay'; cursor: Cursor; updates: Update[] }
  | { topic: Topic; kind: 'snapshot'; cursor: Cursor; snapshot: Snapshot }
  | { topic: string; kind: 'error'; error: WireError }

/**
 * How a topic is watched. `every`: each update, batched (the default). `latest`: updates are conflated into one; open,
 * high, low, close, volume and count stay right, and so does where each device is. `rate`: at most so many frames a
 * second, 0.1 to 60.
 */
export type Tuning = { mode?: 'every' | 'latest' | undefined; rate?: number | undefined }

/**
 * What a client wants to watch besides what it watches already. `topics` names symbols (`s:`), devices (`d:`) and their
 * register (`r:`); cells are watched by `view` only, which replaces the client's view (null: none). `groups`: those
 * whose devices it wants; all where it does not say. A cursor asks for what came after it.
 */
export type WatchRequest = {
  topics?: ({ topic: string; cursor?: Cursor } & Tuning)[]
  view?: ({ bounds: Bounds; groups?: string[]; cursors?: Record<string, Cursor> } & Tuning) | null
}
/**
 * `groups`: all that there are and that the client may see, whichever the view names. `leftOut`, where the client may
 * not see all that it asked for: the groups that it named and may not see, and whether a part of the area is missing.
 */
export type ViewResult =
  | { cells: string[]; groups: readonly string[]; leftOut?: { groups: string[]; area: boolean } }
  | { error: WireError }
/**
 * `results`: one per topic asked for and per cell that the view newly covers or that has a cursor. `error`: nothing was
 * done.
 */
export type WatchReply = { results: WatchResult[]; view?: ViewResult } | { error: WireError }

export type UnwatchRequest = { topics: string[] }
export type UnwatchReply =
  | { results: ({ topic: string; kind: 'unwatched' } | { topic: string; kind: 'error'; error: WireError })[] }
  | { error: WireError }

/**
 * Changes how watched topics, or the cells of the view, are watched; nothing is sent anew. What is left out becomes the
 * default.
 */
export type TuneRequest = { topics?: ({ topic: string } & Tuning)[]; view?: Tuning }
export type TuneReply =
  | { results: ({ topic: string; kind: 'tuned' } | { topic: string; kind: 'error'; error: WireError })[] }
  | { error: WireError }

export type Hello = { node: string; version: string; at: number; heartbeatMs: number }
/**
 * `seqs`: where each watched topic stands that has been quiet since the heartbeat before, told once: a lost last update
 * is found so.
 */
export type Heartbeat = { at: number; seqs: Record<string, Cursor> }
/**
 * `shutdown`: this node is going; data flows on, and after `reconnectMs` reconnect (to another).
 * `redis_down`/`redis_up`: data has stopped, flows again. `slowed`: this client takes less than it watches, so that
 * everything is conflated for it, at `rate` frames a second; null: no longer. `renew`: what lets this client in ends in so
 * many milliseconds. `signed_out`: it has ended, and so does the connection. `withdrawn`: it may not watch these any
 * more, and gets nothing more of them. `clock`: where the clock of a client of the past stands (past.ts).
 */
export type Notice =
  | { kind: 'shutdown'; reconnectMs: number }
  | { kind: 'redis_down' }
  | { kind: 'redis_up' }
  | { kind: 'slowed'; rate: number | null }
  | { kind: 'renew'; withinMs: number }
  | { kind: 'signed_out'; reason: 'revoked' | 'expired' }
  | { kind: 'withdrawn'; topics: string[] }
  | ({ kind: 'clock' } & PastStand)
/**
 * Updates `from` to `to` of a topic were lost to this client; its state is right again all the same (a resync follows).
 */
export type Gap = { topic: Topic; from: number; to: number; reason: 'lost' | 'epoch' | 'slow' }

export type ServerToClient = {
  hello: (hello: Hello) => void
  /** Everything new since the last frame, at most one frame a flush. */
  updates: (segments: Segment[]) => void
  heartbeat: (heartbeat: Heartbeat) => void
  notice: (notice: Notice) => void
  gap: (gap: Gap) => void
}

export type ClientToServer = {
  watch: (request: WatchRequest, reply: (reply: WatchReply) => void) => void
  unwatch: (request: UnwatchRequest, reply: (reply: UnwatchReply) => void) => void
  tune: (request: TuneRequest, reply: (reply: TuneReply) => void) => void
  say: (request: SayRequest, reply: (reply: SayReply) => void) => void
  mark: (request: MarkRequest, reply: (reply: DoneReply) => void) => void
  here: (request: HereRequest, reply: (reply: DoneReply) => void) => void
  command: (request: CommandRequest, reply: (reply: CommandReply) => void) => void
  cancel: (request: CancelRequest, reply: (reply: CancelReply) => void) => void
  renew: (request: RenewRequest, reply: (reply: RenewReply) => void) => void
  /** In the namespace of the past only. */
  clock: (request: ClockRequest, reply: (reply: ClockReply) => void) => void
}
