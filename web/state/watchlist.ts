/** The watchlist: pure rules for what is in it, what is found and how it is sorted. */
export const COLUMNS = ['symbol', 'last', 'change', 'share', 'bid', 'ask', 'volume'] as const
export type Column = (typeof COLUMNS)[number]
export type Sort = { column: Column; descending: boolean } | null

/** How many symbols a watchlist starts with, and the most it may hold. */
const FIRST_SYMBOLS = 30
export const MOST_SYMBOLS = 200

type Named = { symbol: string; name: string }
type Sortable = Named & Partial<Record<Exclude<Column, 'symbol'>, number | null>>

/** The remembered symbols, or the first listed ones where nothing is remembered. */
export const initialSymbols = (remembered: readonly string[] | null, listed: readonly string[]): string[] =>
  remembered ? remembered.slice(0, MOST_SYMBOLS) : listed.slice(0, FIRST_SYMBOLS)

const rank = ({ symbol, name }: Named, query: string): number => {
  const lower = symbol.toLowerCase()
  if (lower === query) return 0
  if (lower.startsWith(query)) return 1
  if (name.toLowerCase().startsWith(query)) return 2
  if (lower.includes(query)) return 3
  return name.toLowerCase().includes(query) ? 4 : 5
}

/** Those that match `text` by symbol or name, best first; all of them, in order, where it is empty. */
export const search = <T extends Named>(rows: readonly T[], text: string): T[] => {
  const query = text.trim().toLowerCase()
  if (query === '') return [...rows]
  return rows
    .map((row) => ({ row, score: rank(row, query) }))
    .filter(({ score }) => score < 5)
    .toSorted((a, b) => a.score - b.score || (a.row.symbol < b.row.symbol ? -1 : 1))
    .map(({ row }) => row)
}

/** What a click on a column's header makes of the sort: numbers from the greatest, names from A, then back to one's own order. */
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
  if (column === 'symbol') return rows.toSorted((a, b) => (a.symbol < b.symbol ? -way : way))
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column] ?? null, b[column] ?? null]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return (x - y) * way || (a.symbol < b.symbol ? -1 : 1)
  })
}
