import { type Fix, isNewer } from '../../wire/fleet.ts'

/** A fix, as text where Redis has it, and when it was heard, where the archive has it (Unix ms). */
export type KnownFix = { fix: Fix; text?: string; at?: number }
/** A part of a track. `zoom`: of what zoom its points are; `cut`: there are older fixes than were read. */
export type Track = { fixes: KnownFix[]; zoom?: number; cut?: boolean }

const keyOf = ({ fix }: KnownFix): string => `${fix.t} ${fix.n}`

/** All fixes of the archive and of Redis, each once, by time. */
export const joinFixes = (stored: readonly KnownFix[], held: readonly KnownFix[]): KnownFix[] => {
  if (held.length === 0) return [...stored]
  const joined = new Map(stored.map((row) => [keyOf(row), row]))
  for (const row of held) joined.set(keyOf(row), { ...joined.get(keyOf(row)), ...row })
  return [...joined.values()].sort((a, b) => (isNewer(a.fix, b.fix) ? 1 : -1))
}
