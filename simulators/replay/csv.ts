import { parse } from 'csv-parse/sync'
import { decimal } from '../../formats/numbers.ts'
import type { Collector } from './collect.ts'
import { createLines, MOST_ROW } from './lines.ts'
import type { Opening, Reader } from './reader.ts'

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

type Line = { text: string; row: number }
type OnRecord = (record: string[], row: number) => void

const hasOddQuotes = (text: string): boolean => {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count % 2 === 1
}

/** The records of lines that follow each other; null where a quotation mark is not closed. */
const parseLines = (lines: readonly Line[], delimiter: string, quote: '"' | null): Parsed[] | null => {
  const options = { delimiter, quote, relax_column_count: true, relax_quotes: true, info: true } as const
  try {
    const text = lines.map((line) => line.text).join('\n')
    return parse(text, { ...options, skip_empty_lines: true, record_delimiter: '\n' }) as unknown as Parsed[]
  } catch {
    return null
  }
}

/**
 * Takes lines apart into cells, many at once. A quoted cell may go over several lines; where its mark is never closed,
 * or not within the longest row that there may be, the marks of the line are letters like any other: else they would
 * swallow the rest of the file.
 */
const createCells = (delimiter: string, onRecord: OnRecord) => {
  /** Lines whose marks are all closed, then those of which one is open. */
  let closed: Line[] = []
  let open: Line[] = []
  let openLength = 0
  const tell = (lines: readonly Line[], records: readonly Parsed[]) => {
    for (const { record, info } of records) onRecord(record, (lines[0]?.row ?? 1) + info.lines - 1)
  }
  const parseOne = (line: Line) =>
    tell([line], parseLines([line], delimiter, '"') ?? parseLines([line], delimiter, null) ?? [])
  const parseClosed = () => {
    const lines = closed
    closed = []
    const records = lines.length === 0 ? [] : parseLines(lines, delimiter, '"')
    if (records) tell(lines, records)
    else for (const line of lines) parseOne(line)
  }
  /** Gives up on the mark that is open: the lines behind its own are looked at anew. */
  const giveUp = () => {
    const [first, ...others] = open
    open = []
    openLength = 0
    if (first) parseOne(first)
    for (const line of others) add(line)
  }
  const add = (line: Line) => {
    const isOdd = hasOddQuotes(line.text)
    if (open.length === 0 && !isOdd) {
      closed.push(line)
      return
    }
    if (open.length === 0) parseClosed()
    open.push(line)
    openLength += line.text.length
    if (open.length > 1 && isOdd) {
      const records = parseLines(open, delimiter, '"')
      if (records === null) return giveUp()
      tell(open, records)
      open = []
      openLength = 0
    } else if (openLength > MOST_ROW) giveUp()
  }
  return {
    add,
    flush: parseClosed,
    end: () => {
      while (open.length > 0) giveUp()
      parseClosed()
    },
  }
}

/** Opens a table whose first line names its columns, in any order; rows with too few cells or too many are skipped. */
export const openCsv = (
  { start, firstRow }: Opening,
  collector: Pick<Collector, 'skip'>,
  onRow: (row: Row, line: number, content: string) => void,
): Reader => {
  const delimiter = delimiterOf(firstLine(start))
  const columns = columnsOf(start)
  const places = new Map(columns.map((column) => [column, columns.indexOf(column)]))
  const cells = createCells(delimiter, (record, line) => {
    const content = record.join(delimiter)
    if (record.length < columns.length || record.slice(columns.length).some((cell) => cell.trim() !== ''))
      return collector.skip(`malformed: ${record.length} columns instead of ${columns.length}`, line, content)
    const cell = (column: string) => record[places.get(column) ?? -1]?.trim() || undefined
    const number = (column: string) => decimal(cell(column))
    const optional = (column: string) => (cell(column) === undefined ? undefined : number(column))
    onRow({ text: cell, number, optional }, line, content)
  })
  let isHeader = true
  const lines = createLines(firstRow, (raw, row) => {
    const text = raw.replace(/\r+$/, '')
    if (isHeader) isHeader = text.trim() === ''
    else cells.add({ text, row })
  })
  return {
    write: (text) => {
      lines.write(text)
      cells.flush()
    },
    end: (isCut) => {
      lines.end(isCut)
      cells.end()
    },
  }
}
