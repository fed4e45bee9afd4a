import type { ErrorCode } from '../protocol.ts'
import type { IdShape } from './id.ts'

/** What every layer knows of a kind of topic. How to add one: docs/add-a-topic.md. */
export type Kind = {
  /** The letter that the names of its topics begin with: `s` in `s:AAPL`. */
  letter: string
  id: IdShape
  /** Its keys beside the state's, in the order in which calls name them. */
  parts: readonly string[]
  /** The snapshot of a topic that does not exist. */
  empty: object
  /** Updates of one topic, in order, as one: for clients that watch the latest only. */
  conflate(updates: readonly object[]): object
  /** Whether clients watch it by its name. Cells are watched by a view. */
  byName: boolean
  /** What a client is told who watches a topic that does not exist; null where such a topic is empty instead. */
  missing: ErrorCode | null
}
