import { createKeys, hashOf } from './keys.ts'
import { faultIn, keyIn, type Record, sourceIn } from './records.ts'
import type { Spool } from './spool.ts'

/** Which records have a key that one before them has, by their place in order of time. It takes a bit a record. */
export type Repeats = { has: (place: number) => boolean }

/** How many keys are compared in memory at once. */
export const MOST_KEYS = 250_000
const MOST_PARTS = 1000

/** A record's key and place, as numbers. */
type Keyed = { source: number; high: number; low: number; place: number }

/** The keys of records that are of use. The object is the same each time. */
function* keysOf(records: Iterable<Record>): Generator<Keyed> {
  const keyed = { source: 0, high: 0, low: 0, place: -1 }
  for (const record of records) {
    keyed.place++
    const key = faultIn(record) === 0 ? keyIn(record) : null
    if (key === null) continue
    keyed.source = sourceIn(record)
    keyed.high = key.high
    keyed.low = key.low
    yield keyed
  }
}

const WIDTH = 4
/** How many keys of one part wait in memory for their way to the spool. */
const HELD = 512

/** A list of keys in the spool, but for the last ones. */
const createPart = (spool: Spool) => {
  const held = new Float64Array(WIDTH * HELD)
  const bytes = new Uint8Array(held.buffer)
  const pieces: number[] = []
  let count = 0
  return {
    add: ({ source, high, low, place }: Keyed) => {
      held.set([source, high, low, place], WIDTH * count)
      if (++count < HELD) return
      pieces.push(spool.append(bytes))
      count = 0
    },
    *all(): Generator<Keyed> {
      const read = new Float64Array(WIDTH * HELD)
      for (const piece of [...pieces, null]) {
        if (piece !== null) spool.read(new Uint8Array(read.buffer), piece)
        const [from, end] = piece === null ? [held, count] : [read, HELD]
        for (let at = 0; at < WIDTH * end; at += WIDTH) {
          const [source = 0, high = 0, low = 0, place = 0] = from.subarray(at, at + WIDTH)
          yield { source, high, low, place }
        }
      }
    },
  }
}

/** Deals keys out to parts, each in their order: those that are alike are in the same one. */
const dealt = (keys: Iterable<Keyed>, parts: number, spool: Spool): Iterable<Keyed>[] => {
  const all = Array.from({ length: parts }, () => createPart(spool))
  for (const keyed of keys) all[hashOf(keyed.source, keyed.high, keyed.low) % parts]?.add(keyed)
  return all.map((part) => part.all())
}

/** Finds the records that repeat another, of `count` in order of time. */
export const findRepeats = (records: Iterable<Record>, count: number, spool: Spool, most = MOST_KEYS): Repeats => {
  const bits = new Uint8Array(Math.ceil(count / 8))
  const parts = Math.min(MOST_PARTS, Math.ceil(count / most))
  const keys = keysOf(records)
  for (const part of parts <= 1 ? [keys] : dealt(keys, parts, spool)) {
    const seen = createKeys()
    for (const { source, high, low, place } of part)
      if (!seen.add(source, high, low)) bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7))
  }
  return { has: (place) => ((bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0 }
}

export const NO_REPEATS: Repeats = { has: () => false }
