import type { Precondition } from '../../wire/commands.ts'

const stricter = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)

/** What must hold at delivery: what was asked for and what the kind wants, each the stricter; undefined for nothing. */
export const strictest = (asked: Precondition = {}, own: Precondition = {}): Precondition | undefined => {
  const slowerThan = stricter(asked.slowerThan, own.slowerThan)
  const fresherThan = stricter(asked.fresherThan, own.fresherThan)
  // A kind is for all places, so that only who asks names an area.
  const { inside } = asked
  if (slowerThan === undefined && fresherThan === undefined && inside === undefined) return undefined
  return {
    ...(slowerThan !== undefined && { slowerThan }),
    ...(fresherThan !== undefined && { fresherThan }),
    ...(inside !== undefined && { inside }),
  }
}
