/** The watchlist: pure rules for what is in it, what is found and how it is sorted. */
export const COLUMNS = ['symbol', 'last', 'change', 'share', 'bid', 'ask', 'volume'] as const
export type Column = (typeof COLUMNS)[number]
export type Sort = { column: Column; descending: boolean } | null

/** How many symbols a watchlist starts with, and the most it may hold. */
export const FIRST_SYMBOLS = 30
export const MOST_SYMBOLS = 200

type Named = { symbol: string; name: string }
type Sortable = Named & Partial<Record<Exclude<Column, 'symbol'>, number | null>>

const collator = new Intl.Collator()

/** Names in the order of people: `apple`, `Banana`, `btcusdt`, `BTCUSDT`. Two that differ are never equal. */
export const byName = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

const NO_MATCH = 6

/** How well a symbol matches what was typed, from 0. Case counts only between names that are the same otherwise. */
const rank = ({ symbol, name }: Named, text: string): number => {
  const query = text.toLowerCase()
  const lower = symbol.toLowerCase()
  if (symbol === text) return 0
  if (lower === query) return 1
  if (lower.startsWith(query)) return 2
  if (name.toLowerCase().startsWith(query)) return 3
  if (lower.includes(query)) return 4
  return name.toLowerCase().includes(query) ? 5 : NO_MATCH
}

/** Those that match `text` by symbol or name, best first; all of them, in order, where it is empty. */
export const search = <T extends Named>(rows: readonly T[], text: string): T[] => {
  const typed = text.trim()
  if (typed === '') return [...rows]
  return rows
    .map((row) => ({ row, score: rank(row, typed) }))
    .filter(({ score }) => score < NO_MATCH)
    .toSorted((a, b) => a.score - b.score || byName(a.row.symbol, b.row.symbol))
    .map(({ row }) => row)
}

/**
 * What Enter in the search takes: the first row, unless a symbol that is not in the watchlist fits what was typed
 * better.
 */
export const takenBy = <T extends Named>(text: string, rows: readonly T[], others: readonly T[]): T | undefined => {
  const [own, other] = [rows[0], others[0]]
  if (!own || !other) return own ?? other
  const score = rank(other, text.trim())
  return score < 2 && score < rank(own, text.trim()) ? other : own
}

/**
 * The sort after a click on a column's head: first the greatest numbers or A to Z, then reversed, then one's own order.
 */
export const nextSort = (sort: Sort, column: Column): Sort => {
  const first = { column, descending: column !== 'symbol' }
  if (sort?.column !== column) return first
  return sort.descending === first.descending ? { column, descending: !first.descending } : null
}

/** Rows in the sort's order; rows with nothing to compare come last, whichever way. */
export const sortRows = <T extends Sortable>(rows: readonly T[], sort: Sort): T[] => {
  if (sort === null) return [...rows]
  const { column, descending } = sort
  const way = descending ? -1 : 1
  if (column === 'symbol') return rows.toSorted((a, b) => byName(a.symbol, b.symbol) * way)
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column] ?? null, b[column] ?? null]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return (x - y) * way || byName(a.symbol, b.symbol)
  })
}
