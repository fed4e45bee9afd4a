import { createMerge, type Run } from './merge.ts'
import { type Found, lengthOf, MOST_RECORD, orderIn, type Record, viewOf, writeRecord } from './records.ts'
import type { Spool } from './spool.ts'

/** Puts rows in order, those of the same order as they came. */
export type Sorter = {
  add: (found: Found) => void
  /** How many there are. */
  count: () => number
  /** All in order, as often as wanted; nothing may be added any more. The record is the same object each time. */
  sorted: () => Iterable<Record>
}

const FIRST_BYTES = 64 * 1024
const WRITE_BYTES = 1024 * 1024

/** Rows in memory: at `places` in `bytes`, with their orders, which rise where `isSorted`. */
const createArena = (mostBytes: number) => {
  let bytes = Buffer.allocUnsafe(Math.min(mostBytes, FIRST_BYTES))
  let view = viewOf(bytes)
  let places = new Uint32Array(1024)
  let orders = new Float64Array(1024)
  let [used, count, isSorted] = [0, 0, true]
  const grow = () => {
    const larger = Buffer.allocUnsafe(Math.min(mostBytes, 2 * bytes.length))
    bytes.copy(larger, 0, 0, used)
    bytes = larger
    view = viewOf(bytes)
  }
  const lengthen = () => {
    const [longer, more] = [new Uint32Array(2 * count), new Float64Array(2 * count)]
    longer.set(places)
    more.set(orders)
    places = longer
    orders = more
  }
  const order = (i: number) => orders[i] ?? 0
  return {
    count: () => count,
    /** False where there is no room. */
    add: (found: Found): boolean => {
      if (used + MOST_RECORD > bytes.length && bytes.length < mostBytes) grow()
      if (used + MOST_RECORD > bytes.length) return false
      if (count === places.length) lengthen()
      if (count > 0 && found.order < order(count - 1)) isSorted = false
      orders[count] = found.order
      places[count++] = used
      used = writeRecord(bytes, view, used, found)
      return true
    },
    *sorted(): Generator<Record> {
      const record = { bytes, view, at: 0 }
      const indexes = isSorted ? null : Uint32Array.from({ length: count }, (_, i) => i)
      indexes?.sort((a, b) => order(a) - order(b) || a - b)
      for (let i = 0; i < count; i++) {
        record.at = places[indexes?.[i] ?? i] ?? 0
        yield record
      }
    },
    clear: () => {
      used = 0
      count = 0
      isSorted = true
    },
    free: () => {
      bytes = Buffer.alloc(0)
      places = new Uint32Array(0)
      orders = new Float64Array(0)
    },
  }
}

/** Writes records to the spool, as they come, in larger pieces. */
const writeRun = (records: Iterable<Record>, spool: Spool): Run => {
  const piece = Buffer.allocUnsafe(WRITE_BYTES)
  let [used, written, end] = [0, 0, 0]
  const flush = () => {
    end = spool.append(piece.subarray(0, used)) + used
    written += used
    used = 0
  }
  let [first, last] = [Number.NaN, 0]
  for (const record of records) {
    const length = lengthOf(record)
    if (used + length > piece.length) flush()
    record.bytes.copy(piece, used, record.at, record.at + length)
    used += length
    last = orderIn(record)
    if (Number.isNaN(first)) first = last
  }
  flush()
  return { start: end - written, end, first, last }
}

/** `runBytes`: how much is sorted in memory at once; more goes to the spool in sorted runs, which are merged. */
export const createSorter = (spool: Spool, runBytes: number): Sorter => {
  const arena = createArena(Math.max(2 * MOST_RECORD, runBytes))
  const runs: Run[] = []
  let count = 0
  const spill = () => {
    const run = writeRun(arena.sorted(), spool)
    arena.clear()
    const before = runs.at(-1)
    // Of a file that is in order of time the runs are one.
    if (before && before.end === run.start && run.first >= before.last)
      Object.assign(before, run, { start: before.start, first: before.first })
    else runs.push(run)
  }
  return {
    count: () => count,
    add: (found) => {
      count++
      if (arena.add(found)) return
      spill()
      arena.add(found)
    },
    sorted: () => {
      if (runs.length === 0) return { [Symbol.iterator]: arena.sorted }
      if (arena.count() > 0) spill()
      arena.free()
      return { [Symbol.iterator]: () => createMerge(runs, spool) }
    },
  }
}
