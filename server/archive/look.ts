import { topicId, topicKind } from '../../wire/topics.ts'
import { readCursors } from '../redis/cursors.ts'
import type { Lag } from './lag.ts'
import type { ArchivistPorts } from './ports.ts'
import { hasMoved, movedBy, nextLook, type Tended } from './tended.ts'

/** Where each trade of a symbol is archived its log must not run over (ms). */
const TRADES_LAG_MS = 1000

/** Looks where Redis has some topics now. `at`: a moment before that, by Redis's clock. */
export type Look = (some: readonly Tended[], at: number) => Promise<void>

export const createLook = ({ redis, keepsTrades, clock }: ArchivistPorts, lag: Lag): Look => {
  const mostOf = ({ topic }: Tended): number =>
    topicKind(topic) === 's' && keepsTrades(topicId(topic)) ? Math.min(TRADES_LAG_MS, lag.ms()) : lag.ms()
  return async (some, at) => {
    const cursors = await readCursors(redis)(some.map(({ topic }) => topic))
    const looked = clock()
    for (const [i, tended] of some.entries()) {
      tended.cursor = cursors[i] ?? null
      const moved = hasMoved(tended) ? movedBy(tended) : 0
      if (moved === 0) tended.doneAt = at
      tended.look = { last: looked, due: looked + nextLook(moved, looked - tended.look.last, mostOf(tended)) }
    }
  }
}
