import { type FoundFix, type FoundPlace, isDevice, NO_DEVICE, placeFault, tidyFix } from './fixes.ts'
import { type FoundQuote, type FoundTrade, quoteFault, tidyTrade, tradeFault, tradeKey } from './prints.ts'
import { exampleOf, type Tallies, tally } from './recording.ts'
import { type Found, orderOf, type Telling, UNDATED } from './records.ts'
import type { Sorter } from './sorter.ts'
import { type Source, type Sources, TOO_MANY } from './sources.ts'
import { millisecondsOf, type Time } from './times.ts'
import type { Words } from './words.ts'

type Say = (what: string, row: number, content: string) => void

/** What is known of a fix besides: why it is of no use, what to know of it, which sentence told it. */
export type More = {
  fault?: string | null
  note?: string | undefined
  telling?: Omit<Telling, 'address'> & { address: string }
}

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
  fix: (fix: FoundFix, row: number, content: string) => void
  /** A device that gets its name once all is read; null where there are too many. */
  device: () => Source | null
  /**
   * A fix of such a device, of use or not: what becomes of it is known once all is read, since the device may not be
   * needed, or another sentence may tell the same moment.
   */
  place: (device: Source, fix: FoundPlace, row: number, content: string, more?: More) => void
}

/** What a collector collects into. */
export type Collection = Tallies & {
  sorter: Sorter
  sources: Sources
  words: Words
  /** Whether some number came again, or lower than one before it: else no two rows have the same. */
  mayRepeat: boolean
  /** Whether there are trades or quotes. */
  hasSymbols: boolean
  /** The lowest rank among the sentences of each source. */
  best: Map<number, number>
}

const notesOf = (time: Time): string[] => (typeof time === 'object' ? [time.note] : [])

/** What a row tells, tidied. What people should know of it is added to `notes`. */
const tradeOf = (trade: FoundTrade, notes: string[]) => {
  const t = millisecondsOf(trade.t)
  const tidied = tidyTrade(trade, t, (what) => notes.push(what))
  return { kind: 'trade' as const, order: t, key: tradeKey(trade.id), trade: tidied }
}

const quoteOf = (quote: FoundQuote) => {
  const t = millisecondsOf(quote.t)
  return { kind: 'quote' as const, order: t, key: null, quote: { ...quote, t } }
}

const fixOf = (source: Source, { n, ...fix }: FoundPlace, notes: string[]) => {
  const t = millisecondsOf(fix.t)
  const tidied = tidyFix({ ...fix, t }, (what) => notes.push(what))
  const key = n === undefined ? null : n
  return { kind: 'fix' as const, source, key, fix: n === undefined ? tidied : { ...tidied, n } }
}

/** Sees whether numbers rise, source by source. */
const follow = (all: Collection, source: Source, key: number | string | null): void => {
  if (key === null) return
  if (typeof key === 'string' || key <= source.highest) all.mayRepeat = true
  else source.highest = key
}

/** `anew`: trades will be numbered anew, so their own numbers need not be readable. */
export const createCollector = (all: Collection, anew: boolean): Collector => {
  const { sorter, sources, words } = all
  const skip: Say = (...row) => tally(all.skips, ...row)
  const numbers = (notes: readonly string[]) => notes.map(words.numberOf)
  const add = (found: Found) => {
    if (found.fault === 0) follow(all, found.source, found.key)
    sorter.add(found)
  }
  /** Adds what is of use, of the source of a name. */
  const take = (
    name: string,
    fault: string | null,
    row: number,
    content: string,
    found: (source: Source, row: { row: number; content: string; fault: number }) => Found,
  ) => {
    const source = fault === null ? sources.named(name) : null
    if (source === null) return skip(fault ?? TOO_MANY, row, content)
    add(found(source, { row, content: exampleOf(content), fault: 0 }))
  }
  return {
    skip,
    unneeded: (...row) => tally(all.unneeded, ...row),
    note: (...row) => tally(all.notes, ...row),
    trade: (symbol, trade, row, content) =>
      take(symbol, tradeFault(symbol, trade, anew), row, content, (source, rest) => {
        all.hasSymbols = true
        const notes = notesOf(trade.t)
        return { ...tradeOf(trade, notes), source, ...rest, notes: numbers(notes) }
      }),
    quote: (symbol, quote, row, content) =>
      take(symbol, quoteFault(symbol, quote), row, content, (source, rest) => {
        all.hasSymbols = true
        return { ...quoteOf(quote), source, ...rest, notes: numbers(notesOf(quote.t)) }
      }),
    fix: ({ id, ...fix }, row, content) =>
      take(id, isDevice(id) ? placeFault(fix) : NO_DEVICE, row, content, (source, rest) => {
        const notes = notesOf(fix.t)
        return { ...fixOf(source, fix, notes), order: millisecondsOf(fix.t), ...rest, notes: numbers(notes) }
      }),
    device: sources.nameless,
    place: (source, fix, row, content, { fault = null, note, telling } = {}) => {
      const why = fault ?? placeFault(fix)
      const t = millisecondsOf(fix.t)
      const notes = [...notesOf(fix.t), ...(note === undefined ? [] : [note])]
      if (telling) all.best.set(source.index, Math.min(telling.rank, all.best.get(source.index) ?? telling.rank))
      add({
        ...fixOf(source, fix, notes),
        order: orderOf(t > 0 ? t : UNDATED, telling?.rank ?? 0),
        row,
        content: exampleOf(content),
        fault: why === null ? 0 : words.numberOf(why),
        notes: numbers(notes),
        ...(telling && { telling: { ...telling, address: words.numberOf(telling.address) } }),
      })
    },
  }
}
