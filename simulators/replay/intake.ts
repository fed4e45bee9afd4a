import { arranged, countTaken } from './arrange.ts'
import { type Collection, createCollector } from './collect.ts'
import { FORMATS, type FormatName, type Hints, recognise, START } from './formats.ts'
import { newlines } from './lines.ts'
import type { Reader } from './reader.ts'
import { type Recording, type Tallies, tally, totalOf } from './recording.ts'
import { findRepeats, MOST_KEYS, NO_REPEATS } from './repeats.ts'
import { createSorter } from './sorter.ts'
import { createSources } from './sources.ts'
import type { Spool } from './spool.ts'
import { createWords } from './words.ts'

/**
 * How much of a recording is in memory at once: letters of its beginning, bytes of rows that are sorted, and keys that
 * are compared.
 */
export type Limits = { start: number; runBytes: number; keys: number }
export const LIMITS: Limits = { start: START, runBytes: 16 * 2 ** 20, keys: MOST_KEYS }

export type IntakeOptions = {
  /** Null: it is found by how the file begins. */
  format: FormatName | null
  hints: Hints
  spool: Spool
  limits?: Limits
  /** The longest pause, in milliseconds. */
  maxPause: number
}

/** Takes in a file's text and makes a recording of it. */
export type Intake = {
  write: (text: string) => void
  /**
   * `cut`: why the file ends too early, null where it does not. `onOrder` hears while rows are put in order how many
   * were, of how many.
   */
  end: (cut: string | null, onOrder?: (count: number, total: number) => void) => Recording
  /** How many rows were looked at. */
  rows: () => number
  format: () => FormatName | null
}

const UNKNOWN = `it begins like no format that is known: name it by --format ${Object.keys(FORMATS).join('|')}`
const EMPTY = 'it is empty'

/** Whether lines end in carriage returns alone, as far as can be seen. */
const endsInReturns = (start: string): boolean => !start.includes('\n') && /\r[^\r]/.test(start)

/** Waits for the beginning of a text, and gives all of it to the reader that `open` makes for it. */
const createStart = (least: number, open: (start: string, firstRow: number) => Reader) => {
  let reader: Reader | null = null
  let start = ''
  let firstRow = 1
  let hasReturns = false
  const lines = (text: string) => (hasReturns ? text.replaceAll('\r', '\n') : text)
  const begin = (): Reader => {
    hasReturns = endsInReturns(start)
    const text = lines(start)
    reader = open(text.slice(0, least), firstRow)
    reader.write(text)
    start = ''
    return reader
  }
  return {
    write: (text: string) => {
      if (reader) return reader.write(lines(text))
      start += text
      const blank = start.length - start.trimStart().length
      firstRow += newlines(start.slice(0, blank))
      start = start.slice(blank)
      if (start.length >= least) begin()
    },
    /** False where there was no text. */
    end: (isCut: boolean): boolean => {
      if (reader === null && start === '') return false
      const last = reader ?? begin()
      last.end(isCut)
      return true
    },
  }
}

const rowsOf = ({ sorter, skips, unneeded }: Collection): number => sorter.count() + totalOf(skips) + totalOf(unneeded)

export const createIntake = ({ format: named, hints, spool, limits = LIMITS, maxPause }: IntakeOptions): Intake => {
  const tallies: Tallies = { skips: new Map(), unneeded: new Map(), notes: new Map() }
  const all: Collection = {
    ...tallies,
    sorter: createSorter(spool, limits.runBytes),
    sources: createSources(),
    words: createWords(),
    mayRepeat: false,
    hasSymbols: false,
    best: new Map(),
  }
  let format = named
  let lastRow = ''
  const start = createStart(limits.start, (text, firstRow) => {
    format ??= recognise(text)
    if (format === null) throw new Error(UNKNOWN)
    return FORMATS[format].open({ start: text, firstRow, spool }, hints, createCollector(all, hints.anew))
  })
  return {
    rows: () => rowsOf(all),
    format: () => format,
    write: (text) => {
      lastRow = text.slice(-80)
      start.write(text)
    },
    end: (cut, onOrder = () => {}) => {
      if (!start.end(cut !== null) || format === null) throw new Error(cut === null ? EMPTY : `${cut} at once`)
      const [rows, count] = [rowsOf(all), all.sorter.count()]
      if (cut !== null) tally(all.notes, `${cut} here, and read as far as it goes`, rows, lastRow)
      const sorted = all.sorter.sorted()
      const repeats = all.mayRepeat ? findRepeats(sorted, count, spool, limits.keys) : NO_REPEATS
      const counted = countTaken(all, repeats, maxPause, (done) => onOrder(done, count))
      const names = all.sources.all.map(({ name }) => name)
      const [symbols, devices] = all.hasSymbols ? [names, []] : [[], names]
      const items = { [Symbol.iterator]: () => arranged(all, repeats) }
      return { format, rows, ...counted, items, symbols, devices, ...tallies, close: spool.close }
    },
  }
}
