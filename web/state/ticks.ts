import { type Candle, DAY, MINUTE } from '../../wire/market.ts'

const HOUR = 60 * MINUTE
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14, 30].map((n) => n * DAY),
  )

/** A mark of the time axis: the bar it stands at, whether a day begins there, and its label. */
export type TimeTick = { index: number; t: number; newDay: boolean; label: string }

/**
 * The clock of whoever reads the axis. `local` turns Unix milliseconds into what that clock shows, as if it were UTC.
 */
export type WallClock = { local: (t: number) => number; label: (t: number, newDay: boolean) => string }

/** The part of the chart that is seen: bar numbers at its edges, and pixels. `widthOf` a label. */
export type Strip = { left: number; right: number; width: number; widthOf: (label: string) => number }

/** Pixels that a mark has on average, and those between two labels at the least. */
const ROOM = 90
const APART = 12

type Bar = { index: number; t: number; local: number; newDay: boolean }

/** The bars seen, with the time on the wall; a day that a clock set back at midnight begins twice is new once. */
const barsOf = (candles: readonly Candle[], first: number, last: number, local: WallClock['local']): Bar[] => {
  const bars: Bar[] = []
  const before = candles[first - 1]
  let day = before ? Math.floor(local(before.t) / DAY) : Number.POSITIVE_INFINITY
  for (let index = first; index <= last; index++) {
    const t = candles[index]?.t ?? 0
    const at = local(t)
    const today = Math.floor(at / DAY)
    bars.push({ index, t, local: at, newDay: today > day })
    day = day === Number.POSITIVE_INFINITY ? today : Math.max(day, today)
  }
  return bars
}

/**
 * Whether a round time came after `before`, or at `bar`: by the time that passed, and by the clock as it is at `bar`.
 * When clocks change, an hour that comes twice is marked twice, and one that is skipped is not.
 */
const isRound = (bar: Bar, before: Bar | undefined, step: number): boolean => {
  if (before === undefined) return bar.index === 0 && bar.local % step === 0
  if (step >= DAY) return bar.newDay && Math.floor(bar.local / step) !== Math.floor(before.local / step)
  return bar.newDay || bar.t - (bar.local % step) > before.t
}

/**
 * The `ticks` that fit into the strip and do not touch. Of two that would, the one where a day begins stays, or the
 * first.
 */
const thinOut = (ticks: readonly TimeTick[], { left, right, width, widthOf }: Strip): TimeTick[] => {
  const placed = ticks.map((tick) => {
    const half = widthOf(tick.label) / 2
    const x = ((tick.index - left) / (right - left)) * width
    return { tick, from: x - half, to: x + half }
  })
  const kept: typeof placed = []
  for (const one of placed.toSorted((a, b) => Number(b.tick.newDay) - Number(a.tick.newDay)))
    if (
      one.from >= 0 &&
      one.to <= width &&
      kept.every(({ from, to }) => one.from >= to + APART || one.to <= from - APART)
    )
      kept.push(one)
  return kept.map(({ tick }) => tick).toSorted((a, b) => a.index - b.index)
}

/**
 * Marks for the bars in `strip`, at round times of the wall clock, as many as have room for their labels. Bars of quiet
 * times are missing, so a mark stands at the first bar at or after its time.
 */
export const timeTicks = (candles: readonly Candle[], strip: Strip, { local, label }: WallClock): TimeTick[] => {
  const first = Math.max(0, Math.ceil(strip.left))
  const last = Math.min(candles.length - 1, Math.floor(strip.right))
  const bars = barsOf(candles, first, last, local)
  const tickAt = ({ index, t, newDay }: Bar): TimeTick => ({ index, t, newDay, label: label(t, newDay) })
  const [only, second] = bars
  if (only && !second) return thinOut([tickAt({ ...only, newDay: true })], strip)
  // Where bars fill a part of the width only, marks have only that part.
  const seen = (strip.width * bars.length) / Math.max(1, strip.right - strip.left)
  const room = Math.max(1, Math.floor(seen / ROOM))
  const span = (bars.at(-1)?.t ?? 0) - (only?.t ?? 0)
  let marks: Bar[] = []
  for (const step of STEPS) {
    if (span / step > room * 3 && step !== STEPS.at(-1)) continue
    marks = bars.filter((bar, i) => isRound(bar, bars[i - 1], step))
    if (marks.length <= room) break
  }
  return thinOut(marks.map(tickAt), strip)
}
