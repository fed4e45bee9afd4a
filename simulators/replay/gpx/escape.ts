import { MOST_ROW, newlines, tooLong } from '../lines.ts'

/** Comments and the like, which stay as they are, or a sign that begins nothing that XML knows. */
const STRAY =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)|<(?![\p{L}_:/!?])/giu

/** A comment and the like whose end has not come. What is whole is found first, so that it is left out. */
const OPEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|(?<open><!--[\s\S]*|<!\[CDATA\[[\s\S]*|<\?[\s\S]*)/giu

type OnStray = (sign: string, row: number, content: string) => void

/** How much of a line is waited for, in letters, before it is taken to pieces behind its elements. */
const LONG_LINE = 64 * 1024

/** How much of a text can be looked at: whole lines, or whole elements of a long line, and nothing that is open. */
const readyLength = (text: string): number => {
  const lines = text.lastIndexOf('\n') + 1
  const length = lines === 0 && text.length > LONG_LINE ? text.lastIndexOf('>') + 1 : lines
  for (const { index, groups } of text.slice(0, length).matchAll(OPEN)) if (groups?.open !== undefined) return index
  return length
}

/**
 * Makes of a text, piece by piece, one of which an XML parser makes what a person would: an `&` or `<` that was not
 * escaped stands for itself. `onStray` hears of each.
 */
export const createEscape = (
  firstRow: number,
  write: (text: string) => void,
  onStray: OnStray,
): { write: (text: string) => void; end: () => void } => {
  let row = firstRow
  let rest = ''
  const pass = (text: string) => {
    let counted = 0
    const escaped = text.replace(STRAY, (match, place: number) => {
      if (match.length > 1) return match
      row += newlines(text.slice(counted, place))
      counted = place
      onStray(match, row, text.slice(text.lastIndexOf('\n', place) + 1).split('\n', 1)[0] ?? '')
      return match === '&' ? '&amp;' : '&lt;'
    })
    row += newlines(text.slice(counted))
    write(escaped)
  }
  return {
    write: (text) => {
      rest += text
      const ready = readyLength(rest)
      if (ready > 0) pass(rest.slice(0, ready))
      rest = rest.slice(ready)
      if (rest.length > MOST_ROW) throw tooLong(row)
    },
    end: () => pass(rest),
  }
}
