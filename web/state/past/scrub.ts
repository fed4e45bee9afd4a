import { SLICE_MS } from '../../../wire/past.ts'
import { minuteText } from './moment.ts'
import { daysLater, startOfDay } from './month.ts'

/** How much of a day the bar shows. */
export const SCRUB_SPANS = ['day', '6h', '1h'] as const
export type ScrubSpan = (typeof SCRUB_SPANS)[number]

const HOUR = 3_600_000
const HOURS = { '6h': 6, '1h': 1 } as const
/** Milliseconds between two times that are written at the bar. */
const TICKS: Record<ScrubSpan, number> = { day: 3 * HOUR, '6h': HOUR, '1h': HOUR / 6 }

/** From a moment up to another, which is not in it (Unix ms). */
export type Stretch = { from: number; to: number }

/**
 * What the bar shows around a moment: its day, or the six hours or the hour of that day which it is in. So the bar stands
 * still while time goes on, and turns over at its end.
 */
export const stretchAt = (at: number, span: ScrubSpan): Stretch => {
  const day = startOfDay(at)
  const next = startOfDay(daysLater(day, 1))
  if (span === 'day') return { from: day, to: next }
  const length = HOURS[span] * HOUR
  const from = day + Math.floor((at - day) / length) * length
  return { from, to: Math.min(next, from + length) }
}

export const shareAt = (at: number, { from, to }: Stretch): number =>
  Math.min(1, Math.max(0, (at - from) / (to - from)))
/** The moment at a share of the bar, to the second. */
export const momentAt = (share: number, { from, to }: Stretch): number =>
  Math.min(to - 1_000, Math.max(from, Math.round((from + share * (to - from)) / 1_000) * 1_000))

/** Slices of the stretch as few runs, each as long as one follows another. */
export const runsOf = (starts: readonly number[], { from, to }: Stretch): Stretch[] => {
  const runs: Stretch[] = []
  for (const start of starts) {
    const [begin, end] = [Math.max(from, start), Math.min(to, start + SLICE_MS)]
    if (begin >= end) continue
    const run = runs.at(-1)
    if (run && begin <= run.to) run.to = end
    else runs.push({ from: begin, to: end })
  }
  return runs
}

/** The times that are written at the bar: none at its ends, where there is no room. */
export const ticksOf = (stretch: Stretch, span: ScrubSpan): { at: number; label: string }[] => {
  const every = TICKS[span]
  const count = Math.ceil((stretch.to - stretch.from) / every) - 1
  return Array.from({ length: count }, (_, i) => {
    const at = stretch.from + (i + 1) * every
    return { at, label: minuteText(at) }
  })
}
