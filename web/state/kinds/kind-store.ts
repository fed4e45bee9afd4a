import type { Cursor, Snapshot, Update, WireError } from '../../../wire/protocol.ts'
import type { Times } from '../times.ts'

/** What the stores do with the topics of one kind. `id` is a topic's name without its kind: `AAPL` of `s:AAPL`. */
export type KindStore<S extends Snapshot = Snapshot> = {
  /** The topic's state at `cursor`: forget what was known before. */
  snapshot: (id: string, snapshot: S, cursor: Cursor, times: Times) => void
  /** What came next. `times.now` is when it was published, on this browser's clock. */
  update: (id: string, update: Update, times: Times) => void
  /** Updates were lost. The state is fetched again by itself. */
  gap: (id: string, times: Times) => void
  /** The node refused to send the topic, and asking again by itself will not help. */
  refused: (id: string, error: WireError) => void
}
