import type { Update, WatchResult } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'

const EMPTY = { last: null, quote: null, day: null, prev: null, candle: null }

export const update = (topic: Topic, seq: number): Update => ({ topic, epoch: 'a', seq, at: 0 })
export const snapshot = (topic: Topic, seq: number): WatchResult => ({
  topic,
  kind: 'snapshot',
  cursor: { epoch: 'a', seq },
  snapshot: topic.startsWith('c') ? { fixes: [] } : EMPTY,
})
