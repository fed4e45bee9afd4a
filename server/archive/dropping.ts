import { type Call, deviceKeys } from '../../wire/calls.ts'
import { symbolTopic, topicId, topicKeys, topicKind } from '../../wire/topics.ts'
import type { ArchivistPorts, Kept } from './ports.ts'
import { hasMoved, type Tended } from './tended.ts'

const HOUR_MS = 3_600_000
/** What can go at once, at the least: an hour of candles, or so much of a track (ms). */
const LEAST_MS = { s: HOUR_MS, d: 600_000 }
/** Topics of one go. */
const AT_ONCE = 200

/** What is older than this need not be in Redis any more. */
export const cutOf = ({ topic, newest }: Tended, kept: Kept): number => {
  const kind = topicKind(topic)
  if (kind === 's') return Math.floor((newest - kept.s) / HOUR_MS) * HOUR_MS
  return kind === 'd' ? newest - kept.d : Number.NEGATIVE_INFINITY
}

/** Topics of which something that is archived can go from Redis, and what. `now`: by the clock of looks. */
export const droppable = (
  all: Iterable<Tended>,
  kept: Kept,
  now: number,
  settledMs: number,
): { tended: Tended; cut: number; call: Call }[] => {
  const found: { tended: Tended; cut: number; call: Call }[] = []
  for (const tended of all) {
    const { topic, mark, oldAt, droppedTo } = tended
    const kind = topicKind(topic)
    if (mark === null || (kind !== 's' && kind !== 'd') || hasMoved(tended) || now - oldAt < settledMs) continue
    const cut = cutOf(tended, kept)
    if (cut - droppedTo < LEAST_MS[kind]) continue
    const name = kind === 's' ? 'wf1_drop_minutes' : 'wf1_drop_fixes'
    const id = topicId(topic)
    const keys = kind === 's' ? topicKeys(symbolTopic(id)) : deviceKeys(id)
    found.push({ tended, cut, call: { name, keys, args: [cut, mark.epoch, mark.seq] } })
    if (found.length === AT_ONCE) break
  }
  return found
}

/** Has Redis drop what is archived, once this node has archived for a while: a feed may just be filling in history. */
export const createDropping = ({ port, kept, timing, clock }: ArchivistPorts) => {
  const began = clock()
  return async (all: Iterable<Tended>): Promise<void> => {
    if (clock() - began < timing.settled) return
    const ready = droppable(all, kept, clock(), timing.settled)
    const replies = ready.length > 0 ? await port.run(ready.map(({ call }) => call)) : []
    for (const [i, { tended, cut }] of ready.entries()) if (!(replies[i] instanceof Error)) tended.droppedTo = cut
  }
}
