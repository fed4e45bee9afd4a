import type { Cursor } from './protocol.ts'

/** The cursor of a topic of which nothing is known, or that does not exist: whatever comes first follows it. */
export const NOWHERE: Cursor = { epoch: '', seq: 0 }

/** Whether two cursors stand at the same place; null is no place. */
export const isSameCursor = (a: Cursor | null, b: Cursor | null): boolean => a?.epoch === b?.epoch && a?.seq === b?.seq

/** How an update stands to a cursor: it comes `next`, it is a `repeat`, or something before it is missing (`gap`). */
export type Standing = 'next' | 'repeat' | 'gap'

/**
 * The one rule of order, for nodes and clients alike. An update follows number `after` (`seq - 1` where it does not
 * say); a cursor without an epoch is of a topic that did not exist yet, so the first update of whatever epoch follows
 * it. What a conflated update holds may be known in part already: that is no matter for quotes, but candles would count
 * trades twice, so it is a gap.
 */
export const standing = (own: Cursor, update: Cursor & { after?: number; candles?: unknown }): Standing => {
  const after = update.after ?? update.seq - 1
  if (own.epoch !== update.epoch) return own.epoch === '' && after === 0 ? 'next' : 'gap'
  if (update.seq <= own.seq) return 'repeat'
  if (after < own.seq && update.candles !== undefined) return 'gap'
  return after <= own.seq ? 'next' : 'gap'
}
