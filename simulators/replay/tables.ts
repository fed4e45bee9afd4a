import type { Collector } from './collect.ts'
import { columnsOf, openCsv, type Row } from './csv.ts'
import type { Opening, Reader } from './reader.ts'

/** What a column is called by those who write such tables, in lower case. */
export type Names = Record<string, readonly string[]>

/** A table whose first line is a row already: how that begins, and what its columns are. */
export type Nameless = { shape: RegExp; columns: readonly string[] }

/** The first column that has one of these names; undefined where none has. */
export const columnIn = (columns: readonly string[], names: readonly string[]): string | undefined =>
  names.find((name) => columns.includes(name))

/** The columns of a table as it begins: those that it names, or those of the kind of table that names none. */
export const columnsBy = (start: string, kinds: readonly Nameless[]): readonly string[] =>
  namelessIn(start, kinds)?.columns ?? columnsOf(start)

const namelessIn = (start: string, kinds: readonly Nameless[]): Nameless | undefined => {
  const [line = ''] = /\S[^\r\n]*/.exec(start) ?? []
  return kinds.find(({ shape }) => shape.test(line))
}

/** Opens a table that names its columns or is of one of these kinds, which do not. */
export const openTable = (
  opening: Opening,
  kinds: readonly Nameless[],
  collector: Pick<Collector, 'skip'>,
  onRow: (row: Row, line: number, content: string) => void,
): Reader => {
  const nameless = namelessIn(opening.start, kinds)
  if (nameless === undefined) return openCsv(opening, collector, onRow)
  const head = `${nameless.columns.join(',')}\n`
  const { start, firstRow, spool } = opening
  const reader = openCsv({ start: head + start, firstRow: firstRow - 1, spool }, collector, onRow)
  reader.write(head)
  return reader
}
