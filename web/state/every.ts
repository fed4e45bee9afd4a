import type { Fix } from '../../wire/fleet.ts'

/** Gaps that are remembered of a device: an outage among them does not count, and a new interval soon does. */
const MOST_GAPS = 5

/** Seconds between one newest fix of a device and the next, the last ones that were seen. */
export type Gaps = readonly number[]
export const NO_GAPS: Gaps = []

export const withGap = (gaps: Gaps, before: Pick<Fix, 't'>, after: Pick<Fix, 't'>): Gaps =>
  [...gaps, (after.t - before.t) / 1000].slice(-MOST_GAPS)

/** The usual gap, in seconds: the one in the middle. Null for a single one, which may be an outage. */
export const usualGap = (gaps: Gaps): number | null =>
  gaps.length < 2 ? null : (gaps.toSorted((a, b) => a - b)[(gaps.length - 1) >> 1] ?? null)

/** The usual gap at the end of a track. */
export const everyOfTrack = (track: readonly Pick<Fix, 't'>[]): number | null => {
  let gaps = NO_GAPS
  for (let i = Math.max(1, track.length - MOST_GAPS); i < track.length; i++) {
    const [before, after] = [track[i - 1], track[i]]
    if (before && after) gaps = withGap(gaps, before, after)
  }
  return usualGap(gaps)
}
