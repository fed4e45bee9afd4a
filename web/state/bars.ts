import { clamp } from '../../wire/clamp.ts'

/**
 * Which bars of a chart are seen: `count` of them, the right edge `back` bars behind the newest (below 0: room after
 * it).
 */
export type Window = { count: number; back: number }

const FEWEST = 15
/** Room after the newest bar, in bars. */
const ROOM = 3

/**
 * The first window of a plot `width` pixels wide with `total` bars: the newest ones, never too thin. Few bars are drawn
 * wider.
 */
export const firstWindow = (width: number, total = Number.POSITIVE_INFINITY): Window => ({
  count: clamp(Math.min(width / 7, total + 2 * ROOM), 2 * FEWEST, 160),
  back: -ROOM,
})
const MOST = 600

/** The window, kept where there are bars to see. */
const keepInSight = ({ count, back }: Window, total: number): Window => ({
  count,
  back: clamp(back, -count / 2, Math.max(-ROOM, total - Math.min(count, total) * 0.25)),
})

/** Moves the window by `bars` into the past (below 0: towards now). */
export const panWindow = (window: Window, bars: number, total: number): Window =>
  keepInSight({ ...window, back: window.back + bars }, total)

/** Shows `factor` times as many bars, keeping the bar at `anchor` (0 left edge, 1 right edge) where it is. */
export const zoomWindow = (window: Window, factor: number, anchor: number, total: number): Window => {
  const count = clamp(window.count * factor, FEWEST, MOST)
  return keepInSight({ count, back: window.back + (window.count - count) * (1 - anchor) }, total)
}

/** The window with bar `index` of `total` in its middle. */
export const windowAt = (window: Window, index: number, total: number): Window =>
  keepInSight({ ...window, back: total - 1 - index - window.count / 2 }, total)

/** A bar was added at the end: one that looks at the past keeps seeing the same bars, one at the end follows. */
export const followWindow = (window: Window, added: number): Window =>
  window.back > 0 ? { ...window, back: window.back + added } : window

/** The window's edges as bar numbers, not whole: bar i covers i - 0.5 to i + 0.5. */
export const edges = ({ count, back }: Window, total: number): { left: number; right: number } => {
  const right = total - 0.5 - back
  return { left: right - count, right }
}
