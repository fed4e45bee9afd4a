import type { Topic } from '../../wire/topics.ts'
import type { Limit } from './limit.ts'
import type { Watches } from './watches.ts'

/** One client, as its requests see it. */
export type Client = {
  watches: Watches
  limit: Limit
  /** Bytes that are on their way to it. */
  backlog: () => number
  /** Has it pay for a topic that it watches. */
  topic: () => void
  /** Whether it may watch this topic, at this moment. */
  mayWatch: (topic: Topic) => boolean
}
