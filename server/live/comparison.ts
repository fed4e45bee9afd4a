import type { Cursor } from '../../wire/protocol.ts'

/** What a comparison of a topic with Redis leaves for the next one. */
export type Compared = {
  /** Where Redis was when this node was not there yet: what is on its way needs a moment. */
  lacks: Cursor | null
  /** Where this node was: Redis must have been there. */
  was: Cursor | null
}

/** `lost`: behind for the second time. `forged`: it followed a number that Redis never gave out. */
export type Verdict = 'right' | 'lost' | 'forged'

export const NOT_COMPARED: Compared = { lacks: null, was: null }

const isBehind = (at: Cursor, there: Cursor): boolean => at.epoch !== there.epoch || at.seq < there.seq
const isAhead = (at: Cursor, there: Cursor): boolean => at.epoch === there.epoch && at.seq > there.seq

/** Compares where this node is in a topic with where Redis is. */
export const compare = (before: Compared, at: Cursor | null, there: Cursor): [Compared, Verdict] => {
  if (at === null) return [NOT_COMPARED, 'right']
  const lacks = isBehind(at, there) ? there : null
  const isForged = before.was !== null && !isBehind(at, before.was) && isAhead(before.was, there)
  const isLost = before.lacks !== null && lacks !== null && isBehind(at, before.lacks)
  return [{ lacks, was: isForged ? null : at }, isLost ? 'lost' : isForged ? 'forged' : 'right']
}
