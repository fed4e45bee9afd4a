import type { Limit } from './limit.ts'
import type { Watches } from './watches.ts'
import type { Sight } from './who.ts'

/** One client, as its requests see it. */
export type Client = {
  watches: Watches
  limit: Limit
  /** Bytes that are on their way to it. */
  backlog: () => number
  /** Has it pay for a topic that it watches. */
  topic: () => void
  /** What it may watch. */
  sight: Sight
}
