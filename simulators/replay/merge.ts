import { lengthOf, MOST_RECORD, orderIn, type Record, viewOf } from './records.ts'
import type { Spool } from './spool.ts'

/** Sorted records in a spool, from `start` to `end`; the orders of the first and the last one. */
export type Run = { start: number; end: number; first: number; last: number }

/** How much of all runs together is in memory while they are merged, and the least and most of one. */
const ALL_BYTES = 8 * 2 ** 20
const [LEAST_BYTES, MOST_BYTES] = [4 * MOST_RECORD, 256 * 1024]

type Cursor = { record: Record; order: number; place: number; next: () => boolean }

/** Goes through one run; `next` is false at its end. `place`: the run's among all. */
const createCursor = ({ start, end }: Run, place: number, spool: Spool, size: number): Cursor => {
  const bytes = Buffer.allocUnsafe(size)
  const record = { bytes, view: viewOf(bytes), at: 0 }
  let [from, used, isFirst] = [start, 0, true]
  const fill = () => {
    bytes.copy(bytes, 0, record.at, used)
    used -= record.at
    record.at = 0
    const wanted = Math.min(size - used, end - from)
    const got = spool.read(bytes.subarray(used, used + wanted), from)
    if (got < wanted) throw new Error('the temporary file is shorter than it was')
    from += got
    used += got
  }
  const cursor: Cursor = {
    record,
    order: 0,
    place,
    next: () => {
      if (!isFirst) record.at += lengthOf(record)
      isFirst = false
      if (used - record.at < MOST_RECORD && from < end) fill()
      if (record.at === used) return false
      cursor.order = orderIn(record)
      return true
    },
  }
  return cursor
}

const isBefore = (a: Cursor, b: Cursor): boolean => a.order < b.order || (a.order === b.order && a.place < b.place)

/** Moves the first of a heap down to where it belongs. */
const sink = (heap: Cursor[]): void => {
  const moved = heap[0]
  if (moved === undefined) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const [left, right] = [heap[child], heap[child + 1]]
    if (left === undefined) break
    if (right !== undefined && isBefore(right, left)) child++
    const least = heap[child] ?? left
    if (!isBefore(least, moved)) break
    heap[at] = least
    at = child
  }
  heap[at] = moved
}

/** The records of all runs in order, those of the same order by their runs. */
export function* createMerge(runs: readonly Run[], spool: Spool): Generator<Record> {
  const size = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, Math.floor(ALL_BYTES / runs.length)))
  const cursors = runs.map((run, place) => createCursor(run, place, spool, size))
  const heap = cursors.filter((cursor) => cursor.next()).sort((a, b) => (isBefore(a, b) ? -1 : 1))
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield first.record
    if (!first.next()) {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
    }
    sink(heap)
  }
}
