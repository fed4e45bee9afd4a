/** What may stand before a root element: blanks, the XML declaration, stylesheets, comments, a document type. */
const BEFORE_ROOT = [/\s+/y, /<\?[\s\S]*?\?>/y, /<!--[\s\S]*?-->/y, /<!DOCTYPE[^[>]*(\[[\s\S]*?\]\s*)?>/iy]

/** The name of a document's root element, with its prefix; null where the text begins otherwise. */
export const rootName = (text: string): string | null => {
  let place = 0
  const skipOne = (pattern: RegExp): boolean => {
    pattern.lastIndex = place
    if (!pattern.test(text)) return false
    place = pattern.lastIndex
    return true
  }
  while (BEFORE_ROOT.some(skipOne));
  return /^<([^\s<>/?!]+)/.exec(text.slice(place, place + 200))?.[1] ?? null
}

/** Comments and the like, which stay as they are, or a sign that begins nothing that XML knows. */
const STRAY =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)|<(?![\p{L}_:/!?])/giu

const rowsIn = (text: string): number => text.split('\n').length - 1

/**
 * A text of which an XML parser makes what a person would: an `&` or `<` that was not escaped stands for itself.
 * `onStray` hears of each.
 */
export const escapeStray = (text: string, onStray: (sign: string, row: number, content: string) => void): string => {
  let row = 1
  let counted = 0
  return text.replace(STRAY, (match, place: number) => {
    if (match.length > 1) return match
    row += rowsIn(text.slice(counted, place))
    counted = place
    onStray(match, row, text.slice(text.lastIndexOf('\n', place) + 1).split('\n', 1)[0] ?? '')
    return match === '&' ? '&amp;' : '&lt;'
  })
}
