import type { Fix } from '../../wire/fleet.ts'
import type { Quote, Trade } from '../../wire/market.ts'
import type { FormatName } from './formats.ts'
import { OTHER, ownText } from './words.ts'

/** One usable row of a recording; `row` is its place in the file (a line where the file has lines), from 1. */
export type Item = { t: number; row: number } & (
  | { kind: 'trade'; symbol: string; trade: Trade }
  | { kind: 'quote'; symbol: string; quote: Quote }
  | { kind: 'fix'; fix: Fix }
)

/** Rows by what there is to say of them: how many, and the first of them. */
export type Tally = Map<string, { count: number; examples: string[] }>
export type Tallies = { skips: Tally; unneeded: Tally; notes: Tally }

/** When the first item and the last one are due, in milliseconds of the recording. */
export type Span = { first: number; last: number }

/**
 * Items in order of time, `total` of them: they lie on disk where there are many, and can be gone through again and
 * again until `close`. `rows`: all rows looked at; each is an item, or skipped (it holds nothing usable, and why), or
 * unneeded (right, and of no use here). `notes` are about what was taken all the same.
 */
export type Recording = Tallies & {
  format: FormatName
  rows: number
  total: number
  items: Iterable<Item>
  symbols: string[]
  devices: string[]
  due: Span
  close: () => void
}

const MOST_REASONS = 100
const MOST_EXAMPLES = 3
const MOST_EXAMPLE_LENGTH = 120
const MOST_REASON_LENGTH = 200

/** As much of a row as is ever shown. */
export const exampleOf = (content: string): string => content.trim().slice(0, MOST_EXAMPLE_LENGTH)

/** Counts a row under a reason; reasons beyond the first hundred are one. */
export const tally = (rows: Tally, reason: string, row: number, content: string): void => {
  const short = reason.slice(0, MOST_REASON_LENGTH)
  const name = rows.has(short) || rows.size < MOST_REASONS ? short : OTHER
  const known = rows.get(name) ?? { count: 0, examples: [] }
  known.count++
  if (known.examples.length < MOST_EXAMPLES) known.examples.push(ownText(`row ${row}: ${exampleOf(content)}`))
  if (known.count === 1) rows.set(ownText(name), known)
}

export const totalOf = (rows: Tally): number => {
  let total = 0
  for (const { count } of rows.values()) total += count
  return total
}
