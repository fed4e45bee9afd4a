import { SIGNS, type Sign } from './chip.ts'

/** What is being typed at the cursor: a sign and the beginning of a name, which starts at `from`. */
export type Typed = { sign: Sign; name: string; from: number; to: number }
/** What may be meant. `text`: what is put in its place. */
export type Choice = { key: string; label: string; about: string; text: string }

/** The most that are offered, and the longest beginning that is looked up. */
export const MOST_CHOICES = 8
const BEGINNING = /(?<![\p{L}\p{N}_$#@/.&=?%~+-])([$#@])\{?([^\s{}"\\]{0,64})$/u

const isSign = (text: string | undefined): text is Sign => Object.values(SIGNS).some((sign) => sign === text)

/** What may be completed at the cursor; null where nothing may. */
export const typedAt = (text: string, at: number): Typed | null => {
  const found = BEGINNING.exec(text.slice(0, at))
  const sign = found?.[1]
  if (!found || !isSign(sign)) return null
  return { sign, name: found[2] ?? '', from: found.index, to: at }
}

/** The text with a choice in the place of what was typed, and where the cursor is then. */
export const completed = (text: string, { from, to }: Typed, choice: Choice): { text: string; at: number } => {
  const after = text.slice(to)
  const gap = /^\s/.test(after) ? '' : ' '
  return { text: `${text.slice(0, from)}${choice.text}${gap}${after}`, at: from + choice.text.length + 1 }
}
