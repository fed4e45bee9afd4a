import { arrange, type Found } from './arrange.ts'
import { type FoundFix, fixFault } from './fixes.ts'
import type { FormatName } from './formats.ts'
import { type FoundQuote, type FoundTrade, quoteFault, tidyTrade, tradeFault, tradeKey } from './prints.ts'
import { type Recording, tally, totalOf } from './recording.ts'
import { millisecondsOf, type Time } from './times.ts'

type Say = (what: string, row: number, content: string) => void

const notesOf = (time: Time): string[] => (typeof time === 'object' ? [time.note] : [])

/** Collects what a reader finds, row by row. */
export type Collector = {
  /** A row that holds nothing usable, and why. */
  skip: Say
  /** A row of a kind that is right, and that nothing is made of. */
  unneeded: Say
  /** What people should know of what is taken all the same. */
  note: Say
  trade: (symbol: string, trade: FoundTrade, row: number, content: string) => void
  quote: (symbol: string, quote: FoundQuote, row: number, content: string) => void
  /** `note`: what to know of it where it is taken. */
  fix: (fix: FoundFix, row: number, content: string, note?: string) => void
}

/**
 * Runs a reader and arranges what it found. `anew`: trades will be numbered anew, so their own numbers need not be
 * readable.
 */
export const collect = (format: FormatName, anew: boolean, read: (collector: Collector) => void): Recording => {
  const rows = { skips: new Map(), unneeded: new Map(), notes: new Map() } satisfies Partial<Recording>
  const found: Found[] = []
  const take = (fault: string | null, each: Found) => {
    if (fault === null) found.push(each)
    else tally(rows.skips, fault, each.row, each.content)
  }
  read({
    skip: (...row) => tally(rows.skips, ...row),
    unneeded: (...row) => tally(rows.unneeded, ...row),
    note: (...row) => tally(rows.notes, ...row),
    trade: (symbol, trade, row, content) => {
      const t = millisecondsOf(trade.t)
      const notes = notesOf(trade.t)
      const tidied = tidyTrade(trade, t, (what) => notes.push(what))
      const item = { kind: 'trade' as const, t, row, symbol, trade: tidied }
      const key = tradeKey(symbol, trade.id)
      take(tradeFault(symbol, trade, anew), { kind: 'print', t, row, content, key, notes, item })
    },
    quote: (symbol, quote, row, content) => {
      const t = millisecondsOf(quote.t)
      const item = { kind: 'quote' as const, t, row, symbol, quote: { ...quote, t } }
      take(quoteFault(symbol, quote), { kind: 'print', t, row, content, key: null, notes: notesOf(quote.t), item })
    },
    fix: (fix, row, content, note) => {
      const t = millisecondsOf(fix.t)
      const key = fix.n === undefined ? null : `${fix.id} ${fix.n}`
      const notes = [...notesOf(fix.t), ...(note === undefined ? [] : [note])]
      take(fixFault(fix), {
        kind: 'fix',
        t,
        row,
        content,
        key,
        notes,
        fix: { ...fix, t },
      })
    },
  })
  const items = arrange(found, rows)
  return { format, rows: items.length + totalOf(rows.skips) + totalOf(rows.unneeded), items, ...rows }
}
