import type { Snapshot, Update, WatchResult, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { parseBytes } from './bytes.ts'
import type { ReadResult } from './ports.ts'

/** What Redis said of a topic, as a client is answered. `missing` says what to tell of a topic that does not exist. */
export const toAnswer = (topic: Topic, result: ReadResult, missing: (topic: Topic) => WireError): WatchResult => {
  switch (result.kind) {
    case 'missing':
      return { topic, kind: 'error', error: missing(topic) }
    case 'current':
      return { topic, kind: 'current', cursor: result.cursor }
    case 'replay':
      return {
        topic,
        kind: 'replay',
        cursor: result.cursor,
        updates: parseBytes<Update[]>(`[${result.updates.join(',')}]`),
      }
    case 'snapshot':
      return { topic, kind: 'snapshot', cursor: result.cursor, snapshot: parseBytes<Snapshot>(result.snapshot) }
  }
}
