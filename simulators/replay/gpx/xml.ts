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
