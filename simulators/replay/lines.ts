import type { Reader } from './reader.ts'

/** The most letters of a row, a JSON element or an XML element. */
export const MOST_ROW = 2 ** 20

export const tooLong = (row: number): Error =>
  new Error(`row ${row} is longer than ${MOST_ROW.toLocaleString('en')} letters`)

/** How many lines end in a text. */
export const newlines = (text: string): number => text.split('\n').length - 1

/** Takes a text apart into lines, which are numbered from `firstRow` on. A last one that is cut off is none. */
export const createLines = (firstRow: number, take: (line: string, row: number) => void): Reader => {
  let row = firstRow
  let rest = ''
  return {
    write: (text) => {
      let from = 0
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        const line = text.slice(from, to)
        take(rest === '' ? line : rest + line, row++)
        rest = ''
        from = to + 1
      }
      rest += text.slice(from)
      if (rest.length > MOST_ROW) throw tooLong(row)
    },
    end: (isCut) => {
      if (!isCut && rest !== '') take(rest, row)
    },
  }
}
