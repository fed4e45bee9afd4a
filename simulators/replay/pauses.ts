import type { Item } from './recording.ts'

/**
 * When each item is due, in milliseconds of the recording: as they were recorded, but no pause is longer than `most`.
 */
export const dueTimes = (items: readonly Item[], most: number): number[] => {
  let before = items[0]?.t ?? 0
  let due = before
  return items.map(({ t }) => {
    due += Math.min(t - before, most)
    before = t
    return due
  })
}
