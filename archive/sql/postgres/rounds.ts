import { COLUMNS, KEYS, type WithColumns } from '../columns.ts'
import type { Value } from '../engine.ts'

type Row = readonly Value[]

/**
 * Rows in rounds in which no key comes twice, in order: PostgreSQL changes no row twice in one statement.
 */
export const rounds = (table: WithColumns, rows: readonly Row[]): Row[][] => {
  const places = KEYS[table].map((key) => COLUMNS[table].findIndex(({ name }) => name === key))
  const times = new Map<string, number>()
  const sorted: Row[][] = []
  for (const row of rows) {
    const key = JSON.stringify(places.map((place) => row[place]))
    const round = times.get(key) ?? 0
    times.set(key, round + 1)
    sorted[round] ??= []
    sorted[round]?.push(row)
  }
  return sorted
}
