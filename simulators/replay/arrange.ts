import { type FoundFix, tidyFix } from './fixes.ts'
import { type Item, type Recording, tally } from './recording.ts'

/**
 * What a reader found at `row`. `key`: two rows of one trade or fix share it; null: nothing tells. `notes`: what to
 * know of it where it is taken.
 */
export type Found = { t: number; row: number; content: string; key: string | null; notes: string[] } & (
  | { kind: 'print'; item: Item }
  | { kind: 'fix'; fix: FoundFix & { t: number } }
)

const AGAIN = {
  print: 'a trade with the same number came before',
  fix: 'a fix of this device with the same number, or the same time and place, came before',
}

/** The most fixes of a device at one millisecond that get numbers of their own. */
const MOST_AT_ONCE = 1000

/**
 * Numbers fixes that have no number, in order of time: by the time, and those that follow at the same millisecond by
 * the time in microseconds, one higher each. So a file that is replayed again has the same numbers. Null: the same
 * place at the same time came before.
 */
const createNumbering = () => {
  const atOnce = new Map<string, { lat: number; lon: number }[]>()
  let now = Number.NaN
  return ({ id, t, lat, lon }: FoundFix & { t: number }): number | null => {
    if (t !== now) atOnce.clear()
    now = t
    const before = atOnce.get(id) ?? []
    if (before.length === MOST_AT_ONCE || before.some((fix) => fix.lat === lat && fix.lon === lon)) return null
    atOnce.set(id, [...before, { lat, lon }])
    return before.length === 0 ? t : t * 1000 + before.length
  }
}

/** Puts what was found in order of time (rows of the same time stay as they were) and takes out what comes twice. */
export const arrange = (found: readonly Found[], { skips, notes }: Pick<Recording, 'skips' | 'notes'>): Item[] => {
  const seen = new Set<string>()
  const isNew = (key: string | null): boolean => {
    const before = seen.size
    return key === null || seen.add(key).size > before
  }
  const numberOf = createNumbering()
  const items: Item[] = []
  for (const each of found.toSorted((a, b) => a.t - b.t)) {
    const { kind, t, row, content } = each
    const n = kind === 'fix' ? (each.fix.n ?? numberOf(each.fix)) : 0
    if (n === null || !isNew(each.key)) {
      tally(skips, AGAIN[kind], row, content)
      continue
    }
    for (const what of each.notes) tally(notes, what, row, content)
    if (kind === 'print') items.push(each.item)
    else {
      const fix = tidyFix({ ...each.fix, n }, (what) => tally(notes, what, row, content))
      items.push({ kind, t, row, fix })
    }
  }
  return items
}
