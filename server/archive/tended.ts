import type { Mark } from '../../archive/archive.ts'
import { isSameCursor } from '../../wire/cursors.ts'
import { MINUTE } from '../../wire/market.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { type Topic, topicId, topicKind } from '../../wire/topics.ts'

/** A topic that is archived. Times are Unix ms by Redis's clock, but for those of `look`. */
export type Tended = {
  topic: Topic
  /** How far it is archived; null: not at all. */
  mark: Cursor | null
  /** Where Redis had it when it was looked at last; null where it has none. */
  cursor: Cursor | null
  /** All that Redis had taken of it before this moment is archived. */
  doneAt: number
  /** When it was looked at last, and when it is its turn again, by a clock that never goes back. */
  look: { last: number; due: number }
  /** The time of its newest item that is known here. */
  newest: number
  /** When something last came of it that is older than what is kept (by the clock of `look`). */
  oldAt: number
  /** What is older was dropped from Redis. */
  droppedTo: number
}

export const tend = (topic: Topic, mark: Mark | undefined, doneAt: number): Tended => ({
  topic,
  mark: mark?.cursor ?? null,
  cursor: mark?.cursor ?? null,
  doneAt: mark?.at ?? doneAt,
  look: { last: Number.NEGATIVE_INFINITY, due: Number.NEGATIVE_INFINITY },
  newest: Number.NEGATIVE_INFINITY,
  oldAt: Number.NEGATIVE_INFINITY,
  droppedTo: 0,
})

/** Whether Redis has something of it that is not archived, as far as is known here. */
export const hasMoved = ({ cursor, mark }: Tended): boolean => cursor !== null && !isSameCursor(cursor, mark)

/** Updates since the mark; 1 at the least where there is another life of the counter. */
export const movedBy = ({ cursor, mark }: Tended): number =>
  cursor === null ? 0 : Math.max(cursor.seq - (mark?.epoch === cursor.epoch ? mark.seq : 0), 1)

/** What Redis holds of each kind (server/redis/library): updates, minutes, messages. */
const HELD = { log: 1000, minutes: 2880, messages: 10_000 }

/** How near Redis is to dropping what is not archived of a topic, from 0 to 1. */
export const nearLoss = (tended: Tended, now: number, keepsTrades: (symbol: string) => boolean): number => {
  const { topic, mark, doneAt } = tended
  if (mark === null || !hasMoved(tended)) return 0
  const updates = movedBy(tended)
  const kind = topicKind(topic)
  if (kind === 'm') return Math.min(1, updates / HELD.messages)
  // Fixes that came too late for the track only the log has.
  if (kind === 'd' || keepsTrades(topicId(topic))) return Math.min(1, updates / HELD.log)
  return Math.min(1, Math.min(updates, (now - doneAt) / MINUTE) / HELD.minutes)
}

/** Updates that one look should find, and how soon the next one may come, in milliseconds. */
const WANTED = 200
const SOONEST_MS = 500

/** When a topic is looked at again: before its log could lose anything, and once in `lagMs` in any case. */
export const nextLook = (moved: number, sinceMs: number, lagMs: number): number =>
  moved <= 0 ? lagMs : Math.min(lagMs, Math.max(SOONEST_MS, (WANTED / moved) * sinceMs))
