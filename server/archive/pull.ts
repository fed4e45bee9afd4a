import type { Archive, Batch } from '../../archive/archive.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import type { Ask } from './ask.ts'

/** Rows to write. */
export type Rows = Omit<Batch, 'marks' | 'edge'>

/** What was pulled out of a topic. */
export type Pulled = {
  rows: Rows
  /** Up to where the topic is archived once these are written. */
  cursor: Cursor
  /** Redis has more of it. */
  more: boolean
  /** Times of what came since the mark; null where that is not known, or nothing came. */
  times: { oldest: number; newest: number } | null
}

/** Starts of minutes of which trades came in time, by symbol: people saw them form. */
export type Shown = Map<Topic, Set<number>>

export type PullPorts = {
  ask: Ask
  archive: Pick<Archive, 'candles' | 'lastTrade' | 'track'>
  /** Whether each trade of a symbol is archived. */
  keepsTrades: (symbol: string) => boolean
  shown: Shown
  unreadable: Unreadable
  /** Lets all else have its turn. */
  rest: () => Promise<unknown>
}

/**
 * Pulls what is new of a topic since its mark, or all that Redis holds of it where that cannot be told. `now`: where the
 * topic stood a moment ago.
 */
export type Pull = (ports: PullPorts, topic: Topic, mark: Cursor | null, now: Cursor) => Promise<Pulled>

/** The span of times, of any number of items. */
export const spanOf = (times: readonly number[]): Pulled['times'] =>
  times.length === 0
    ? null
    : times.reduce((span, t) => ({ oldest: Math.min(span.oldest, t), newest: Math.max(span.newest, t) }), {
        oldest: Number.POSITIVE_INFINITY,
        newest: Number.NEGATIVE_INFINITY,
      })

/** Items that are read from their texts in one go: half a millisecond. */
const AT_ONCE = 200

/** What `read` gives for each of many texts, with a rest now and then. */
export const readEach = async <Text, T>(
  { rest }: Pick<PullPorts, 'rest'>,
  texts: readonly Text[],
  read: (text: Text) => readonly T[],
): Promise<T[]> => {
  const found: T[] = []
  for (const [i, text] of texts.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await rest()
    found.push(...read(text))
  }
  return found
}
