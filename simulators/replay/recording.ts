import type { Fix } from '../../wire/fleet.ts'
import type { Quote, Trade } from '../../wire/market.ts'
import type { FormatName } from './formats.ts'

/** One usable row of a recording; `row` is its place in the file (a line where the file has lines), from 1. */
export type Item = { t: number; row: number } & (
  | { kind: 'trade'; symbol: string; trade: Trade }
  | { kind: 'quote'; symbol: string; quote: Quote }
  | { kind: 'fix'; fix: Fix }
)

/** Rows by what there is to say of them: how many, and the first of them. */
export type Tally = Map<string, { count: number; examples: string[] }>

/**
 * Items in order of time. `rows`: all rows looked at; each is an item, or skipped (it holds nothing usable, and why),
 * or unneeded (right, and of no use here). `notes` are about what was taken all the same.
 */
export type Recording = { format: FormatName; rows: number; items: Item[]; skips: Tally; unneeded: Tally; notes: Tally }

const MOST_EXAMPLES = 3
const MOST_EXAMPLE_LENGTH = 120

export const tally = (rows: Tally, reason: string, row: number, content: string): void => {
  const known = rows.get(reason) ?? { count: 0, examples: [] }
  known.count++
  if (known.examples.length < MOST_EXAMPLES)
    known.examples.push(`row ${row}: ${content.trim().slice(0, MOST_EXAMPLE_LENGTH)}`)
  rows.set(reason, known)
}

export const totalOf = (rows: Tally): number => {
  let total = 0
  for (const { count } of rows.values()) total += count
  return total
}
