import { type JsonRow, rowOf } from './json-row.ts'
import { MOST_ROW, tooLong } from './lines.ts'
import type { Reader } from './reader.ts'

const CUT = 'the file ends within this row'
const OUTSIDE = 'malformed JSON: it stands outside of the array'

const [QUOTE, BACKSLASH, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Array.from('"\\,[]{}', (sign) =>
  sign.charCodeAt(0),
)

/** Follows JSON sign by sign, as far as it takes to know where elements of an array end. */
const createDepth = () => {
  let [depth, isText, isEscaped] = [0, false, false]
  return {
    now: () => depth,
    /** The depth behind a sign; -1: the sign stands in a text. */
    after: (sign: number): number => {
      if (isEscaped) isEscaped = false
      else if (isText) {
        if (sign === BACKSLASH) isEscaped = true
        else if (sign === QUOTE) isText = false
      } else if (sign === QUOTE) isText = true
      else if (sign === OPEN_ARRAY || sign === OPEN_OBJECT) return ++depth
      else if (sign === CLOSE_ARRAY || sign === CLOSE_OBJECT) return --depth
      else return depth
      return -1
    },
  }
}

/** On one line, since it is shown to people. */
const oneLine = ({ content, ...row }: JsonRow): JsonRow => ({
  ...row,
  content: content.includes('\n') ? content.replace(/\s+/g, ' ') : content,
})

/** Takes the elements of a JSON array one by one, and of further arrays behind it. */
export const createElements = (take: (row: JsonRow) => void): Reader => {
  const depth = createDepth()
  let row = 0
  let rest = ''
  const finish = (text: string, fault?: string) => {
    const content = (rest + text).trim()
    rest = ''
    if (content !== '')
      take(oneLine(fault === undefined ? rowOf(++row, content) : { row: ++row, content, value: null, fault }))
  }
  /** Where the next array begins, from `at` on, or the text ends. */
  const outside = (text: string, at: number): number => {
    const open = text.indexOf('[', at)
    const end = open === -1 ? text.length : open
    rest = (rest + text.slice(at, end)).slice(0, MOST_ROW)
    if (open !== -1) finish('', OUTSIDE)
    return end
  }
  return {
    write: (text) => {
      let start = 0
      for (let i = 0; i < text.length; i++) {
        if (depth.now() === 0) {
          i = outside(text, i)
          start = i + 1
          if (i < text.length) depth.after(text.charCodeAt(i))
          continue
        }
        const sign = text.charCodeAt(i)
        const after = depth.after(sign)
        if (after > 1 || after === -1 || (after === 1 && sign !== COMMA)) continue
        finish(text.slice(start, i))
        start = i + 1
      }
      if (depth.now() > 0) rest += text.slice(start)
      if (rest.length > MOST_ROW) throw tooLong(row + 1)
    },
    end: () => finish('', depth.now() === 0 ? OUTSIDE : CUT),
  }
}
