import type { Cursor, Gap } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Message } from './message.ts'

/** Ends what was acquired. */
export type Release = () => void

/** Where updates come from: Redis's channels, or a twin in memory. */
export type Channels = {
  /** Resolves once the subscription stands: what is published after that reaches `onText` (bytes as latin1). Rejects where it cannot. */
  subscribe: (topic: Topic, onText: (text: string) => void) => Promise<Release>
  /** A topic is behind though it is subscribed: its subscription may be gone without a word. */
  renew?: (topic: Topic) => void
}

/**
 * What Redis answers to a cursor: nothing new, the updates that came after it, or the state. All are JSON as bytes (latin1); `at`
 * is Redis's clock as text. `missing`: the topic does not exist (yet, or any more).
 */
export type ReadResult =
  | { kind: 'current'; at: string; cursor: Cursor }
  | { kind: 'replay'; at: string; cursor: Cursor; updates: string[] }
  | { kind: 'snapshot'; at: string; cursor: Cursor; snapshot: string }
  | { kind: 'missing' }

/** Reads a topic's state, or what came after a cursor, atomically. Rejects where Redis cannot be asked. */
export type ReadTopic = (topic: Topic, after: Cursor | null) => Promise<ReadResult>

/** One client's end of its topics: it gets every message once, in order, and is told what it could not get. */
export type Watcher = {
  push: (message: Message) => void
  gap: (gap: Gap) => void
}

/** What a node holds for one client at the most. */
export type OutboxCaps = {
  /** Bytes that the process may hold unsent in the connection before frames wait in the outbox. */
  backlogBytes: number
  /** Bytes that may wait in the outbox before the client's topics are let go, to be caught up with later. */
  waitingBytes: number
  /** How long a client may take nothing at all before it is dropped, in milliseconds. */
  stalledMs: number
}

/**
 * Why a client was ended: it took nothing for too long (`stalled`), asked far too much (`requests`), or for what its connection did
 * (server/access): it did not join, left a message unfinished, owed work for too long, sent what is no packet.
 */
export const ENDINGS = ['stalled', 'requests', 'silent', 'unfinished', 'work', 'packet'] as const
export type Ending = (typeof ENDINGS)[number]

/** A longer piece of work, a small step at each `next()`. */
export type Steps = Iterator<unknown, unknown, undefined>

/** What a client's requests cost. */
export type Work = {
  /** Does what the client asked for, a piece at a time, once all is done that it asked for before. */
  perform: (steps: Steps) => void
  /** Does nothing more of that. */
  forget: () => void
  /** Does a piece of the client's work, and has the client pay for the time. */
  measured: <T>(work: () => T) => T
  /** Has the client pay for a topic that it watches: for what is done after the request, where nobody measures. */
  topic: () => void
}

/** What the core counts, for metrics. `returned`: a client came with cursors. `difference`: a comparison found a topic behind. */
export type Event =
  | 'update'
  | 'repeat'
  | 'malformed'
  | `gap_${Gap['reason']}`
  | 'replay'
  | 'resync'
  | 'slow'
  | `ended_${Ending}`
  | 'connected'
  | 'returned'
  | 'difference'
export type Count = (event: Event) => void

/** What was handed to clients in frames, for metrics: counted once a frame. */
export type Sent = {
  frames: number
  /** Updates, each once for every client that was sent it. */
  deliveries: number
  bytes: number
}
export const nothingSent = (): Sent => ({ frames: 0, deliveries: 0, bytes: 0 })

/**
 * How a watcher hears that it has joined a topic. Calls instead of a promise: when all clients come back at once, there are
 * hundreds of thousands of them within a second.
 */
export type Joining = {
  /** Gets the result before the watcher gets anything above it; returns false where the watcher is no longer wanted. */
  answer: (result: ReadResult) => boolean
  /** Called once, last of all; with the error where Redis could not be asked, else with null. */
  done: (error: unknown) => void
}

/** What a topic needs of the world. `empty` is the snapshot (JSON) of a topic that does not exist. */
export type TopicPorts = {
  channels: Channels
  read: ReadTopic
  empty: (topic: Topic) => string
  /** Whether a text is an update of the topic as the function library writes them: a client could take no other. */
  isUpdate: (topic: Topic, text: string) => boolean
  count: Count
  faults: Faults
}

/** One topic on this node. */
export type LiveTopic = {
  /** Adds a watcher: subscribes first, then reads what came after its cursor. */
  join: (watcher: Watcher, after: Cursor | null, joining: Joining) => void
  leave: (watcher: Watcher) => void
  /** Asks Redis what came since, for messages may have been lost. */
  recover: () => void
  /** Asks Redis for the whole state in a moment: what was passed on is not right. */
  spoil: () => void
  /** Where this node stands in the topic, or one of its watchers, which may be ahead of it; null while nobody needed to know. */
  position: (watcher?: Watcher) => Cursor | null
  watchers: () => number
  close: () => void
}
