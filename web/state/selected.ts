import type { Command } from '../../wire/commands.ts'
import { type DeviceDescription, type Fix, isNewer, type Life } from '../../wire/fleet.ts'

/**
 * The selected device. `refused`: this person may not see it, and nothing of it is known. `last`: the newest fix that
 * is not doubtful; `cameAt`: when it came, null where it was there before. `track`: its recent fixes in order of time,
 * the newest last; `doubtful`: those that do not move it; `late`: numbers of fixes that were heard long after they were
 * made. `heardAt`: when anything of it came, null as long as nothing did. `life`: what else is known of it; null as long
 * as nothing was told. `commands`: those under way and the last ten others, oldest first. `description`: what it is
 * called.
 */
export type Selected = {
  id: string
  phase: 'loading' | 'ready' | 'error' | 'refused'
  error: string | null
  last: Fix | null
  cameAt: number | null
  cell: string | null
  heardAt: number | null
  track: readonly Fix[]
  doubtful: readonly Fix[]
  late: ReadonlySet<number>
  life: Life | null
  commands: readonly Command[]
  description: DeviceDescription
}

const NONE: ReadonlySet<number> = new Set()
/** As long as nothing of its way was read. */
export const NO_TRACK: Pick<Selected, 'track' | 'doubtful' | 'late'> = { track: [], doubtful: [], late: NONE }
/** As long as nothing is known of it. */
export const UNREAD: Omit<Selected, 'id'> = {
  ...NO_TRACK,
  phase: 'loading',
  error: null,
  last: null,
  cameAt: null,
  cell: null,
  heardAt: null,
  life: null,
  commands: [],
  description: {},
}

const MOST_FIXES = 2_000

const inOrder = (fixes: readonly Fix[]): boolean =>
  fixes.every((fix, i) => {
    const before = fixes[i - 1]
    return before === undefined || isNewer(fix, before)
  })

/** Two runs of fixes as one, in order of time, each once, the newest {@link MOST_FIXES} of them. */
export const mergeTrack = (a: readonly Fix[], b: readonly Fix[]): Fix[] => {
  const joined = [...a, ...b]
  if (inOrder(joined)) return joined.slice(-MOST_FIXES)
  const byNumber = new Map(joined.map((fix) => [`${fix.t}.${fix.n}`, fix]))
  return [...byNumber.values()].toSorted((x, y) => (isNewer(x, y) ? 1 : -1)).slice(-MOST_FIXES)
}

const isSure = ({ doubtful }: Fix): boolean => !doubtful
const isDoubtful = ({ doubtful }: Fix): boolean => doubtful === true

const newest = (a: Fix | null, b: Fix | null | undefined): Fix | null => (a && (!b || !isNewer(b, a)) ? a : (b ?? null))

/** Where the device is, with this fix more, that came at `came`. */
export const withLast = ({ last, cameAt }: Selected, fix: Fix | null, came: number | null) => {
  const next = newest(last, fix)
  return { last: next, cameAt: next === last ? cameAt : came }
}

/** What the device is, with these fixes more. */
export const withFixes = (shown: Selected, fixes: readonly Fix[], came: number | null) => {
  const sure = fixes.filter(isSure)
  return {
    track: mergeTrack(shown.track, sure),
    doubtful: mergeTrack(shown.doubtful, fixes.filter(isDoubtful)),
    ...withLast(shown, sure.reduce<Fix | null>(newest, null), came),
  }
}

/** The same, read from history; `late`: the numbers of those that were heard late. */
export const withHistory = (shown: Selected, fixes: readonly Fix[], late: readonly number[] = []) => ({
  ...withFixes(shown, fixes, null),
  late: late.length === 0 ? shown.late : new Set([...shown.late, ...late]),
})

/** From when on its way is to be read to lead to where it is; null: it does. `since`: from when it was read. */
export const missingFrom = ({ last, track, doubtful }: Selected, since: number): number | null => {
  if (last === null) return null
  const end = track.at(-1) ?? doubtful.at(-1)
  if (end === undefined) return last.t > since ? since : null
  return isNewer(last, end) ? end.t : null
}
