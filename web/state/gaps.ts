import type { Candle } from '../../wire/market.ts'
import { formatSpan } from './format.ts'
import type { Strip } from './ticks.ts'

/** More time than usual passed before bar `index`: `span` milliseconds without a trade. */
export type TimeGap = { index: number; span: number }
/** A gap on the screen: `x` in pixels, and how long it was, where there is room to say so. */
export type GapMark = { x: number; label: string | null }

/**
 * This share of all silences is usual. A gap lasts `LONGER` times as long as those, and at least `INTERVALS` intervals.
 */
const USUAL = 0.95
const LONGER = 2
const INTERVALS = 1.5
/** Pixels between two labels at the least. */
const APART = 10

const silenceBefore = (candles: readonly Candle[], i: number): number =>
  (candles[i]?.first[0] ?? 0) - (candles[i - 1]?.last[0] ?? 0)

/** How long, in milliseconds, nobody trades between two bars as a rule. */
const usualSilence = (candles: readonly Candle[]): number => {
  const all = candles.slice(1).map((_, i) => silenceBefore(candles, i + 1))
  if (all.length < 2) return 0
  return all.toSorted((a, b) => a - b)[Math.floor(USUAL * (all.length - 1))] ?? 0
}

/**
 * Finds the gaps between bars: these stand by number, so that a gap cannot be seen. A silence that is usual for a
 * symbol, such as the night for a share, is no gap. What is usual is worked out again only when bars are added.
 */
export const createGaps = () => {
  let known = { first: 0, count: 0, interval: 0 }
  let least = 0
  return (candles: readonly Candle[], interval: number, from: number, to: number): TimeGap[] => {
    const first = candles[0]?.t ?? 0
    if (known.first !== first || known.count !== candles.length || known.interval !== interval) {
      known = { first, count: candles.length, interval }
      least = Math.max(INTERVALS * interval, LONGER * usualSilence(candles))
    }
    const gaps: TimeGap[] = []
    for (let index = Math.max(1, from); index <= Math.min(candles.length - 1, to); index++) {
      const span = silenceBefore(candles, index)
      const missing = (candles[index]?.t ?? 0) - (candles[index - 1]?.t ?? 0) > interval
      if (missing && span > least) gaps.push({ index, span })
    }
    return gaps
  }
}

/** Where gaps are drawn: between their bars. Labels do not touch, nor the edges; the longest gaps have theirs first. */
export const gapMarks = (gaps: readonly TimeGap[], { left, right, width, widthOf }: Strip): GapMark[] => {
  const taken: { from: number; to: number }[] = []
  return gaps
    .toSorted((a, b) => b.span - a.span)
    .map(({ index, span }) => {
      const x = ((index - 0.5 - left) / (right - left)) * width
      const label = formatSpan(span)
      const half = widthOf(label) / 2
      const room = { from: x - half - APART, to: x + half + APART }
      const free =
        x - half >= 0 && x + half <= width && taken.every(({ from, to }) => room.from >= to || room.to <= from)
      if (free) taken.push({ from: x - half, to: x + half })
      return { x, label: free ? label : null }
    })
    .toSorted((a, b) => a.x - b.x)
}
