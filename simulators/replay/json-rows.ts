/** A row of a JSON file: its place (of an array, which element; else which line), and its value where it is JSON. */
export type JsonRow = { row: number; content: string; value: unknown; fault: string | null }

const MALFORMED = 'malformed JSON'
const CUT = 'the file ends within this row'

const rowOf = (row: number, content: string, fault: string): JsonRow => {
  try {
    return { row, content, value: JSON.parse(content) as unknown, fault: null }
  } catch {
    return { row, content, value: null, fault }
  }
}

const isRow = (value: unknown): boolean => typeof value === 'object' && value !== null

/** The elements of a text that is one JSON array of rows; null where it is something else. */
const elementsOf = (text: string): unknown[] | null => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && (value.length === 0 || value.some(isRow)) ? value : null
  } catch {
    return null
  }
}

/** A text, a bracket that opens or closes, or a comma: all that tells where an element of an array ends. */
const SIGNS = /"(?:[^"\\]|\\.)*"|[[\]{},]/g

/** The elements of an array that cannot be read as a whole, one by one; the last one may be cut off. */
function* cutElements(text: string): Generator<JsonRow> {
  let [row, depth, start] = [0, 0, text.indexOf('[') + 1]
  for (const { 0: sign, index } of text.matchAll(SIGNS)) {
    if (depth === 1 && (sign === ',' || sign === ']')) {
      const content = text.slice(start, index).trim()
      if (content !== '') yield rowOf(++row, content, MALFORMED)
      start = index + 1
    }
    if (sign === '[' || sign === '{') depth++
    if (sign === ']' || sign === '}') depth--
    if (depth === 0) break
  }
  const rest = text.slice(start).trim()
  if (rest !== '') yield { ...rowOf(++row, rest, CUT), fault: CUT }
}

function* lines(text: string): Generator<JsonRow> {
  for (const [place, line] of text.split('\n').entries()) {
    const content = line.trim().replace(/,$/, '')
    if (content !== '') yield rowOf(place + 1, content, MALFORMED)
  }
}

/** The first line that holds anything, as JSON; undefined where it is none. */
export const firstLineValue = (text: string): unknown =>
  rowOf(1, /\S[^\r\n]*/.exec(text)?.[0] ?? '', MALFORMED).value ?? undefined

/** The rows of a JSON array, or of lines that are JSON each. An array that is cut off is read as far as it goes. */
export const jsonRows = (text: string): Iterable<JsonRow> => {
  const whole = elementsOf(text)
  if (whole !== null)
    return whole.map((value, place) => ({ row: place + 1, content: JSON.stringify(value), value, fault: null }))
  return /^\s*\[/.test(text) && firstLineValue(text) === undefined ? cutElements(text) : lines(text)
}
