import type { Item } from './recording.ts'

/** An item, and when it is due, in milliseconds of the recording. */
export type Due = { item: Item; due: number }

/** Tells of times in order when they are due: as they were recorded, but no pause is longer than `most`. */
export const createPauses = (most: number): ((t: number) => number) => {
  let before = Number.NaN
  let due = 0
  return (t) => {
    due = Number.isNaN(before) ? t : due + Math.min(t - before, most)
    before = t
    return due
  }
}

/** Items with the times at which they are due. */
export function* dueItems(items: Iterable<Item>, most: number): Generator<Due> {
  const dueAt = createPauses(most)
  for (const item of items) yield { item, due: dueAt(item.t) }
}
