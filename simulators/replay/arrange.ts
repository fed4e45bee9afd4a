import type { Collection } from './collect.ts'
import { createNumbering } from './numbering.ts'
import { createPauses } from './pauses.ts'
import { type Item, type Span, type Tallies, type Tally, tally } from './recording.ts'
import {
  contentIn,
  faultIn,
  fixIn,
  isFix,
  itemIn,
  notesIn,
  orderIn,
  type Record,
  rowIn,
  sourceIn,
  tellingIn,
  UNDATED,
} from './records.ts'
import type { Repeats } from './repeats.ts'
import { createTellers } from './tellers.ts'

const AGAIN = {
  print: 'a trade with the same number came before',
  fix: 'a fix of this device with the same number, or the same time and place, came before',
}

/** A record that is taken, and its number where it is a fix. The object is the same each time. */
type Taken = { record: Record; n: number }

/** Rows in order of time, those that are taken. The others are tallied, where somebody wants to know. */
function* taken(all: Collection, repeats: Repeats, tallies: Tallies | null): Generator<Taken> {
  const numbering = createNumbering()
  const tellers = createTellers(all.best, UNDATED)
  const each: Taken = { record: { bytes: Buffer.alloc(0), view: new DataView(new ArrayBuffer(0)), at: 0 }, n: 0 }
  let place = -1
  const say = (rows: Tally | undefined, what: string) => {
    if (rows) tally(rows, what, rowIn(each.record), contentIn(each.record))
  }
  /** The number of a fix, 0 of all else; null where it repeats another. */
  const numberOf = (record: Record, source: number): number | null => {
    if (repeats.has(place)) return null
    if (!isFix(record)) return 0
    const { n, lat, lon } = fixIn(record)
    return Number.isNaN(n) ? numbering.numberOf(source, Math.floor(orderIn(record)), lat, lon) : n
  }
  for (const record of all.sorter.sorted()) {
    place++
    each.record = record
    const source = sourceIn(record)
    const unneeded = all.sources.all[source]?.unneeded ?? null
    const telling = tellingIn(record)
    const fault = faultIn(record)
    if (unneeded !== null) say(tallies?.unneeded, unneeded)
    else if (telling && tellers.isNeedless(source, orderIn(record), telling))
      say(tallies?.unneeded, all.words.textOf(telling.address).slice(-3))
    else if (fault !== 0) say(tallies?.skips, all.words.textOf(fault))
    else {
      const n = numberOf(record, source)
      if (n === null) say(tallies?.skips, AGAIN[isFix(record) ? 'fix' : 'print'])
      else {
        if (tallies) for (const note of notesIn(record)) say(tallies.notes, all.words.textOf(note))
        each.n = n
        yield each
      }
    }
  }
}

/** Counts what is taken, and tallies the rest; tells when the first and the last are due. `onRow` is called often. */
export const countTaken = (
  all: Collection,
  repeats: Repeats,
  maxPause: number,
  onRow: (count: number) => void,
): { total: number; due: Span } => {
  const dueAt = createPauses(maxPause)
  const due = { first: 0, last: 0 }
  let total = 0
  for (const { record } of taken(all, repeats, all)) {
    due.last = dueAt(Math.floor(orderIn(record)))
    if (total++ === 0) due.first = due.last
    if (total % 10_000 === 0) onRow(total)
  }
  return { total, due }
}

/** Items in order of time, without those that come twice. */
export function* arranged(all: Collection, repeats: Repeats): Generator<Item> {
  for (const { record, n } of taken(all, repeats, null))
    yield itemIn(record, all.sources.all[sourceIn(record)]?.name ?? '', n)
}
