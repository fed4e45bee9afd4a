import { clocksOfSelected } from './clocks.ts'
import type { Selected } from './selection.ts'

/**
 * What came of a device since it was given its key. `heard`: a sign of life, but no position yet. Times are Unix
 * milliseconds of this browser's clock.
 */
export type FirstFix =
  | { at: 'waiting' }
  | { at: 'heard'; heard: number }
  | { at: 'fixed'; fixed: number; lat: number; lon: number }

/** `since`: when the key was made. What came before was let in by another one. */
export const firstFixOf = (selected: Selected | null, id: string, since: number, offset: number): FirstFix => {
  if (selected === null || selected.id !== id) return { at: 'waiting' }
  const { fixed, heard } = clocksOfSelected(selected, offset)
  const { last, cameAt } = selected
  if (last !== null && fixed !== null && Math.max(cameAt ?? 0, fixed) >= since)
    return { at: 'fixed', fixed, lat: last.lat, lon: last.lon }
  return heard !== null && heard >= since ? { at: 'heard', heard } : { at: 'waiting' }
}
