import { createElements } from './json-elements.ts'
import { type JsonRow, rowOf } from './json-row.ts'
import { createLines } from './lines.ts'
import type { Reader } from './reader.ts'

/** The first line that holds anything, as JSON; undefined where it is none. */
export const firstLineValue = (text: string): unknown => rowOf(1, /\S[^\r\n]*/.exec(text)?.[0] ?? '').value ?? undefined

const isRow = (value: unknown): boolean => typeof value === 'object' && value !== null

/**
 * Whether a text that begins like this is an array of rows; else its lines are rows each. The first line of an array
 * is no JSON, unless the whole array stands there.
 */
const isArray = (start: string): boolean => {
  if (!/^\s*\[/.test(start)) return false
  if (/^\s*\[\s*[[{\]]/.test(start)) return true
  const value = firstLineValue(start)
  return value === undefined || (Array.isArray(value) && value.some(isRow) && /^\s*\S[^\r\n]*\s*$/.test(start))
}

/** Takes the rows of a JSON array, or of lines that are JSON each. An array that is cut off is read as far as it is. */
export const createJsonRows = (start: string, firstRow: number, take: (row: JsonRow) => void): Reader => {
  if (isArray(start)) return createElements(take)
  const lines = createLines(firstRow, (line, row) => {
    const content = line.trim().replace(/,$/, '')
    if (content !== '') take(rowOf(row, content))
  })
  return { write: lines.write, end: () => lines.end(false) }
}
