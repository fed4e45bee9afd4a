import { computed, type ReadonlySignal } from '@preact/signals'
import type { Entry } from './entry.ts'
import type { Market } from './market.ts'
import { type Sort, search, sortRows } from './watchlist.ts'

/** What the rows that are shown depend on. */
export type Choice = {
  symbols: ReadonlySignal<readonly string[]>
  query: ReadonlySignal<string>
  sort: ReadonlySignal<Sort>
  /** Counts up each second, so that a sort by what moves is brought up to date calmly. */
  beat: ReadonlySignal<number>
}

/** Found symbols that are shown besides the watchlist's own. */
const MOST_OTHERS = 40

/** The rows that the watchlist shows: its own symbols as sorted, or what a search finds among them and besides. */
export const createShown = (market: Pick<Market, 'entry' | 'listed'>, { symbols, query, sort, beat }: Choice) => {
  const rows = computed<readonly Entry[]>(() => {
    const entries = symbols.value.map(market.entry)
    if (query.value !== '') return search(entries, query.value)
    const order = sort.value
    if (order === null) return entries
    void beat.value
    return sortRows(
      entries.map((entry) => ({ entry, ...entry.quoted.peek(), symbol: entry.symbol, name: entry.name })),
      order,
    ).map(({ entry }) => entry)
  })
  /** Listed symbols that match the search and are not in the watchlist, the best ones. */
  const others = computed<readonly Entry[]>(() => {
    if (query.value.trim() === '') return []
    const own = new Set(symbols.value)
    return search(market.listed.value, query.value)
      .filter(({ symbol }) => !own.has(symbol))
      .slice(0, MOST_OTHERS)
  })
  return { rows, others }
}
