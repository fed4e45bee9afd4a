import type { Candle } from '../../wire/market.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14, 30].map((n) => n * DAY),
  )

/** A mark of the time axis: the bar it stands at, and whether a day begins there. */
export type TimeTick = { index: number; t: number; newDay: boolean }

/**
 * Marks for the bars from `left` to `right` (bar numbers), at round local times, at most `most` of them. `zone` is minutes to add
 * to UTC for local time. Bars of quiet times are missing, so a mark stands at the first bar at or after its time.
 */
export const timeTicks = (
  candles: readonly Candle[],
  left: number,
  right: number,
  most: number,
  zone: number,
): TimeTick[] => {
  const first = Math.max(0, Math.ceil(left))
  const last = Math.min(candles.length - 1, Math.floor(right))
  const local = (i: number): number => (candles[i]?.t ?? 0) + zone * MINUTE
  const span = local(last) - local(first)
  if (last <= first || span <= 0)
    return first <= last && candles[first] ? [{ index: first, t: candles[first].t, newDay: true }] : []
  // Where bars fill a part of the width only, marks have only that part.
  const room = Math.max(1, Math.floor((most * (last - first + 1)) / Math.max(1, right - left)))
  for (const step of STEPS) {
    if (span / step > room * 3) continue
    const ticks: TimeTick[] = []
    for (let i = first; i <= last; i++) {
      const before = i > 0 ? local(i - 1) : Number.NEGATIVE_INFINITY
      if (i > 0 && Math.floor(local(i) / step) === Math.floor(before / step)) continue
      if (i === first && (i > 0 || local(i) % step !== 0)) continue
      ticks.push({
        index: i,
        t: candles[i]?.t ?? 0,
        newDay: i > 0 && Math.floor(local(i) / DAY) !== Math.floor(before / DAY),
      })
    }
    if (ticks.length <= room) return ticks
  }
  return []
}
