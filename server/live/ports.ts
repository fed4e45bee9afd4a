import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Count } from './events.ts'

/** Ends what was acquired. */
export type Release = () => void

/** Where updates come from: Redis's channels, or a twin in memory. */
export type Channels = {
  /**
   * Resolves once the subscription is confirmed: what is published after that reaches `onText` (bytes as latin1).
   * Rejects where it cannot.
   */
  subscribe: (topic: Topic, onText: (text: string) => void) => Promise<Release>
  /** A topic is behind though it is subscribed: its subscription may be gone without a word. */
  renew?: (topic: Topic) => void
}

/**
 * What Redis has for a cursor: nothing new, the updates that came after it, or the state. All are JSON as bytes
 * (latin1); `at` is Redis's clock as text. `missing`: the topic does not exist (yet, or any more).
 */
export type ReadResult =
  | { kind: 'current'; at: string; cursor: Cursor }
  | { kind: 'replay'; at: string; cursor: Cursor; updates: string[] }
  | { kind: 'snapshot'; at: string; cursor: Cursor; snapshot: string }
  | { kind: 'missing' }

/** Reads a topic's state, or what came after a cursor, atomically. Rejects where Redis cannot be asked. */
export type ReadTopic = (topic: Topic, after: Cursor | null) => Promise<ReadResult>

/** What a topic needs of the world. */
export type TopicPorts = {
  channels: Channels
  read: ReadTopic
  /** The snapshot (JSON) of a topic that does not exist. */
  empty: (topic: Topic) => string
  /** Whether a text is an update of the topic as the function library writes them: a client could take no other. */
  isUpdate: (topic: Topic, text: string) => boolean
  count: Count
  faults: Faults
}
