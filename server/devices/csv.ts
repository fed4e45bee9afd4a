import { CsvError, parse } from 'csv-parse/sync'
import type { DescribedDevice } from '../../feed/device-descriptions.ts'

type Value = string | number | boolean

/** Columns that every list of devices has; each further one is an attribute. */
export const COLUMNS = ['id', 'name', 'group', 'category'] as const
const isColumn = (name: string): boolean => (COLUMNS as readonly string[]).includes(name)
/** The column of that name, however it is written; null where it is an attribute. */
const columnOf = (name: string): string | null => {
  const plain = name.trim().toLowerCase()
  return isColumn(plain) ? plain : null
}

/**
 * What a table would take for a formula, and run. An apostrophe before it makes it a text; so that every text comes back
 * as it was, one that has some already gets one more.
 */
const FORMULA = /^'*[=+\-@\t\r]/
/** A text that would come back as a number, or as true or false. */
const LIKE_A_VALUE = /^'*(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false)$/i
const QUOTED = /[",;\t\r\n]|^\s|\s$/

const quoted = (text: string): string => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
/** A cell of an attribute; a number, true and false stand as they are. */
const cellOf = (value: Value | undefined): string => {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  return quoted(FORMULA.test(value) || LIKE_A_VALUE.test(value) ? `'${value}` : value)
}
const textCell = (text: string | undefined = ''): string => quoted(FORMULA.test(text) ? `'${text}` : text)

/** The lines of a table: its columns, and then each device. */
export const headLine = (attributes: readonly string[]): string => [...COLUMNS, ...attributes.map(headCell)].join(',')
export const deviceLine = (device: DescribedDevice, attributes: readonly string[]): string => {
  const { id, name, group, category, attributes: told = {} } = device
  const values = attributes.map((column) => (Object.hasOwn(told, column) ? told[column] : undefined))
  return [...[id, name, group, category].map(textCell), ...values.map(cellOf)].join(',')
}

/** An attribute that is called as a column is, or as this says it: its name would come back as something else. */
const ATTRIBUTE = 'attribute:'
const headCell = (name: string): string =>
  textCell(columnOf(name) !== null || name.startsWith(ATTRIBUTE) ? `${ATTRIBUTE}${name}` : name)
const attributeOf = (head: string): string => (head.startsWith(ATTRIBUTE) ? head.slice(ATTRIBUTE.length) : head)

const withoutApostrophe = (cell: string, means: (text: string) => boolean): string | null =>
  cell.startsWith("'") && means(cell.slice(1)) ? cell.slice(1) : null
const textOf = (cell: string): string => withoutApostrophe(cell, (text) => FORMULA.test(text)) ?? cell
const readValue = (cell: string): Value => {
  const text = withoutApostrophe(cell, (rest) => FORMULA.test(rest) || LIKE_A_VALUE.test(rest))
  if (text !== null) return text
  if (cell === 'true' || cell === 'false') return cell === 'true'
  const number = Number(cell)
  // One that is written otherwise, as 007 or a long telephone number, is a text.
  return LIKE_A_VALUE.test(cell) && String(number) === cell ? number : cell
}

/** Cells of a record, and the line on which it ends. */
export type Row = { line: number; cells: string[] }
export type Table = { rows: Row[]; wrong: { line: number; why: string }[] }

/** Reads records of CSV whose first line is this one of the file, up to where it is none. */
export const readRecords = (text: string, delimiter: string, firstLine: number): Table => {
  const table: Table = { rows: [], wrong: [] }
  const lineOf = (lines: unknown): number => firstLine + Number(lines) - 1
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: string[], { lines }: { lines: number }) => {
        table.rows.push({ line: lineOf(lines), cells })
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const why = 'A quotation mark is out of place: nothing was read from here on.'
    table.wrong.push({ line: lineOf(error.lines ?? 1), why })
  }
  return table
}

/** Attributes that a table has columns for. */
export const MOST_ATTRIBUTE_COLUMNS = 100
const MOST_COLUMNS = COLUMNS.length + MOST_ATTRIBUTE_COLUMNS
const MOST_HEAD_LETTERS = 64 * 1024
const TOO_MANY = `The first line names more than ${MOST_COLUMNS} columns.`

/** What the first line of a file says: how cells are separated, and what each column is; or why it says nothing. */
export type Head = { delimiter: string; columns: string[] }
export const readHead = (line: string): Head | { why: string } => {
  const [, delimiter = ','] = /^"?'?id"?([,;\t])/i.exec(line) ?? []
  if (line.length > MOST_HEAD_LETTERS) return { why: TOO_MANY }
  const [row] = readRecords(line, delimiter, 1).rows
  const heads = row?.cells.map(textOf) ?? []
  const columns = heads.map((head) => columnOf(head) ?? head)
  if (columns[0] !== 'id') return { why: 'The first line names the columns, and the first of them is id.' }
  if (columns.length > MOST_COLUMNS) return { why: TOO_MANY }
  const met = new Set([''])
  const twice = columns.find((column) => met.has(column) || !met.add(column))
  return twice === undefined ? { delimiter, columns } : { why: `The column "${twice}" is there twice, or has no name.` }
}

/** What a row says of a device, by columns; an empty cell takes away what was known. */
export type Told = { id: string; fields: Map<string, string>; attributes: Map<string, Value | null> }
export const readRow = ({ cells }: Row, columns: readonly string[]): Told | { why: string } => {
  if (cells.length > columns.length)
    return { why: `It has ${cells.length} cells, and there are ${columns.length} columns.` }
  const told: Told = { id: textOf(cells[0] ?? ''), fields: new Map(), attributes: new Map() }
  for (const [i, column] of columns.entries()) {
    const cell = cells[i] ?? ''
    if (isColumn(column)) told.fields.set(column, textOf(cell))
    else told.attributes.set(attributeOf(column), cell === '' ? null : readValue(cell))
  }
  return told
}

/** Letters of a piece that begins with a quotation mark which nothing ends: no cell is so long. */
const MOST_PIECE_LETTERS = 256 * 1024

/** Pieces of a text that each end with a line, outside of quotation marks; `line`: the number of the first. */
export function* piecesOf(text: string, lines: number): Generator<{ text: string; line: number }> {
  let [start, line, count, isQuoted] = [0, 1, 0, false]
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') isQuoted = !isQuoted
    if (text[i] !== '\n') continue
    count++
    const isLong = i - start >= MOST_PIECE_LETTERS
    if ((isQuoted || count < lines) && !isLong) continue
    yield { text: text.slice(start, i + 1), line }
    ;[start, line, count, isQuoted] = [i + 1, line + count, 0, false]
  }
  if (start < text.length) yield { text: text.slice(start), line }
}
