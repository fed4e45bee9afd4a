import { parse } from 'csv-parse/sync'
import type { Collector } from './collect.ts'
import { decimal } from './numbers.ts'

type Parsed = { record: string[]; info: { lines: number } }

/**
 * A row's cells by the names of their columns (lower case), without blanks around them; one that is empty is undefined.
 */
export type Row = {
  text: (column: string) => string | undefined
  /** NaN where it is empty or no number. */
  number: (column: string) => number
  /** Undefined where it is empty, NaN where it is no number. */
  optional: (column: string) => number | undefined
}

/** What stands between cells: the sign of these that the first line has most of. */
const delimiterOf = (header: string): string => {
  const count = (sign: string) => header.split(sign).length
  return [',', ';', '\t'].reduce((most, sign) => (count(sign) > count(most) ? sign : most))
}

const firstLine = (text: string): string => /\S[^\r\n]*/.exec(text)?.[0] ?? ''

/** Names of the columns that the first line of a table names, in lower case. */
export const columnsOf = (text: string): string[] => {
  const header = firstLine(text)
  return header.split(delimiterOf(header)).map((name) => name.replaceAll('"', '').trim().toLowerCase())
}

/** Throws where one of the columns comes twice: nobody can tell which one counts. */
export const refuseTwins = (text: string, names: readonly string[]): void => {
  const columns = columnsOf(text)
  const twin = names.find((name) => columns.indexOf(name) !== columns.lastIndexOf(name))
  if (twin !== undefined) throw new Error(`it has the column ${twin} twice`)
}

/**
 * Where a quotation mark is never closed, marks are letters like any other: else it would swallow the rest of the file.
 */
const parseAll = (text: string, delimiter: string): Parsed[] => {
  const options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  } as const
  try {
    return parse(text, options) as unknown as Parsed[]
  } catch {
    return parse(text, { ...options, quote: null }) as unknown as Parsed[]
  }
}

/** Reads a table whose first line names its columns, in any order; rows with too few cells or too many are skipped. */
export const readCsv = (
  text: string,
  collector: Collector,
  onRow: (row: Row, line: number, content: string) => void,
): void => {
  const delimiter = delimiterOf(firstLine(text))
  const columns = columnsOf(text)
  const [, ...rows] = parseAll(text, delimiter)
  for (const { record, info } of rows) {
    const content = record.join(delimiter)
    if (record.length < columns.length || record.slice(columns.length).some((cell) => cell.trim() !== '')) {
      collector.skip(`malformed: ${record.length} columns instead of ${columns.length}`, info.lines, content)
      continue
    }
    const cell = (column: string) => record[columns.indexOf(column)]?.trim() || undefined
    const number = (column: string) => decimal(cell(column))
    const optional = (column: string) => (cell(column) === undefined ? undefined : number(column))
    onRow({ text: cell, number, optional }, info.lines, content)
  }
}
