import { NOWHERE, standing } from '../../../wire/cursors.ts'
import type { Cursor, Segment, Snapshot, Update, WatchResult } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'

/** What somebody does with one topic, once it is in order. */
export type Followed = {
  topic: Topic
  state: (snapshot: Snapshot) => void
  update: (update: Update) => void
}

/** One topic as a client follows it by the rule of order. */
export type Known = {
  topic: Topic
  /** Where it stands; null while nothing is known. */
  cursor: () => Cursor | null
  /** It is asked for: what comes waits until the answer. */
  ask: () => void
  answer: (result: WatchResult) => void
  take: (segment: Segment) => void
}

/** Follows a topic; `again` is called where it must be asked for anew. */
export const follow = ({ topic, state, update }: Followed, again: () => void): Known => {
  let cursor: Cursor | null = null
  let held: Segment[] | null = null
  const take = (segment: Segment): void => {
    const { epoch, seq } = segment
    if (held) held.push(segment)
    else if ('snapshot' in segment) {
      cursor = { epoch, seq }
      state(segment.snapshot)
    } else {
      const stands = standing(cursor ?? NOWHERE, segment)
      if (stands === 'gap') {
        held = [segment]
        again()
      }
      if (stands !== 'next') return
      cursor = { epoch, seq }
      update(segment)
    }
  }
  return {
    topic,
    cursor: () => cursor,
    ask: () => {
      held ??= []
    },
    answer: (result) => {
      const waiting = held ?? []
      held = null
      if (result.kind === 'error') return again()
      if (result.kind === 'snapshot') {
        cursor = result.cursor
        state(result.snapshot)
      }
      if (result.kind === 'replay') for (const each of result.updates) take(each)
      if (waiting.some(({ epoch }) => epoch !== result.cursor.epoch)) return again()
      for (const segment of waiting) if (segment.seq > result.cursor.seq) take(segment)
    },
    take,
  }
}
