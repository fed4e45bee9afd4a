/** A row of a JSON file: its place (of an array, which element; else which line), and its value where it is JSON. */
export type JsonRow = { row: number; content: string; value: unknown; fault: string | null }

const MALFORMED = 'malformed JSON'

export const rowOf = (row: number, content: string): JsonRow => {
  try {
    return { row, content, value: JSON.parse(content) as unknown, fault: null }
  } catch {
    return { row, content, value: null, fault: MALFORMED }
  }
}
