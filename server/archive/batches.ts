import type { Batch, Mark } from '../../archive/archive.ts'
import type { Rows } from './pull.ts'

/** The kinds of rows. */
export const ROWS = [
  'minutes',
  'trades',
  'fixes',
  'events',
  'messages',
  'record',
  'devices',
  'gaps',
] as const satisfies (keyof Rows)[]

/** Rows that are written at once: a transaction of some ten milliseconds. */
const MOST = 5000

/** Rows of a topic, with the mark that they lead to. */
export type Marked = { rows: Rows; mark: Mark | null }

type Growing = { batch: Batch & { marks: Mark[] }; count: number }
const empty = (): Growing => ({ batch: { marks: [] }, count: 0 })

/** Batches of so many rows at the most. A topic's mark comes with its last rows, or after them. */
export const batchesOf = (all: readonly Marked[]): Batch[] => {
  const batches: Growing[] = [empty()]
  const roomy = (): Growing => {
    const last = batches.at(-1)
    if (last && last.count < MOST) return last
    const fresh = empty()
    batches.push(fresh)
    return fresh
  }
  for (const { rows, mark } of all) {
    for (const kind of ROWS) {
      const list: readonly unknown[] = rows[kind] ?? []
      for (let from = 0; from < list.length; ) {
        const growing = roomy()
        const piece = list.slice(from, from + MOST - growing.count)
        // Each kind's list has rows of that kind only, which the compiler cannot follow.
        growing.batch[kind] ??= []
        ;(growing.batch[kind] as unknown[]).push(...piece)
        growing.count += piece.length
        from += piece.length
      }
    }
    if (mark) batches.at(-1)?.batch.marks.push(mark)
  }
  return batches.map(({ batch }) => batch).filter((batch) => batch.marks.length > 0 || countRows(batch).length > 0)
}

/** How many rows of each kind a batch has. */
export const countRows = (batch: Batch): [kind: (typeof ROWS)[number], count: number][] =>
  ROWS.flatMap((kind): [(typeof ROWS)[number], number][] => {
    const count = batch[kind]?.length ?? 0
    return count > 0 ? [[kind, count]] : []
  })
