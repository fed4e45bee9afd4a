import { signal } from '@preact/signals'
import type { SymbolsReply } from '../../wire/api.ts'
import { createListReading } from './list-reading.ts'
import type { Market } from './market.ts'
import type { Prefs } from './prefs.ts'
import { createShown } from './shown.ts'
import { quietSymbols } from './staleness.ts'
import { FIRST_SYMBOLS, MOST_SYMBOLS, type Sort } from './watchlist.ts'

export type ListPhase = { phase: 'loading' } | { phase: 'ready' } | { phase: 'error'; error: string }

export type ListingOptions = {
  load: () => Promise<SymbolsReply>
  market: Market
  prefs: Pick<Prefs, 'symbols' | 'sort'>
  random: () => number
}

/** While a feed writes history it is read again after so many ticks: seconds. */
const SPARKS = 3

/** The list of all symbols, and the watchlist made from it: what is in it, what is searched for, and its order. */
export const createListing = ({ load, market, prefs, random }: ListingOptions) => {
  const phase = signal<ListPhase>({ phase: 'loading' })
  const remembered = prefs.symbols.get()
  const symbols = signal<readonly string[]>(remembered?.slice(0, MOST_SYMBOLS) ?? [])
  const sort = signal<Sort>(prefs.sort.get())
  const query = signal('')
  /** Watched symbols whose rows are not to be seen. */
  const hidden = signal<ReadonlySet<string>>(new Set())
  const quiet = signal<ReadonlySet<string>>(new Set())
  const beat = signal(0)
  /**
   * For how many ticks a feed has been writing history: the list is read again now and then, for its longer sparklines.
   */
  let writing = 0
  let chosen = remembered !== null

  const { rows, others } = createShown(market, { symbols, query, sort, beat })

  const { read, anew, end } = createListReading(load, random, {
    done: (rows) => {
      market.list(rows)
      if (!chosen) symbols.value = rows.slice(0, FIRST_SYMBOLS).map(({ symbol }) => symbol)
      phase.value = { phase: 'ready' }
    },
    failed: (error) => {
      if (phase.value.phase !== 'ready') phase.value = { phase: 'error', error }
    },
  })

  const keep = (next: readonly string[]): void => {
    chosen = true
    symbols.value = next
    prefs.symbols.set([...next])
  }

  return {
    phase,
    symbols,
    sort,
    query,
    quiet,
    hidden,
    rows,
    others,
    /** Reads the list as long as the floor lives. Returns a function that stops it. */
    start: (): (() => void) => {
      void read()
      return end
    },
    /** What was read is of another moment. */
    rewind: anew,
    /** Another floor may have changed what is remembered. */
    recall: (): void => {
      const kept = prefs.symbols.get()
      if (kept !== null) {
        chosen = true
        symbols.value = kept.slice(0, MOST_SYMBOLS)
      }
      sort.value = prefs.sort.get()
    },
    /** Much may have been missed. */
    reload: (): void => void read(),
    /** The symbols whose rows are on the screen. */
    see: (seen: ReadonlySet<string>): void => {
      hidden.value = new Set(symbols.peek().filter((symbol) => !seen.has(symbol)))
    },
    add: (symbol: string): void => {
      if (!symbols.value.includes(symbol) && symbols.value.length < MOST_SYMBOLS) keep([symbol, ...symbols.value])
    },
    remove: (symbol: string): void => keep(symbols.value.filter((one) => one !== symbol)),
    sortBy: (next: Sort): void => {
      sort.value = next
      prefs.sort.set(next)
    },
    tick: (now: number): void => {
      beat.value++
      const past = market.takePast()
      if (writing > 0 && (!past || writing % SPARKS === 0)) void read()
      writing = past ? writing + 1 : 0
      const heard = symbols.value.map(market.entry)
      const next = quietSymbols(heard, now)
      const same = next.size === quiet.value.size && [...next].every((symbol) => quiet.value.has(symbol))
      if (!same) quiet.value = next
    },
  }
}
export type Listing = ReturnType<typeof createListing>
