import { MOST_MESSAGE_BYTES } from '../../wire/rooms.ts'

const BREAKS = /\r\n?|[\v\f\u0085\u2028\u2029]/g
const CONTROLS = /(?!\n)\p{Cc}/gu
/**
 * Letters that nobody sees: those that turn around whatever follows them, and those that would tell two names apart
 * which look the same. What joins letters, or says which way they are written, belongs to many languages and stays.
 */
const UNSEEN = /[\u202A-\u202E\u200B\u180E\u2060-\u2064\uFEFF]/g
/** Combining marks of one letter that are kept: no language needs more. */
const MOST_MARKS = 8
const PILES = new RegExp(`(?:\\p{M}\\p{Cf}*){${MOST_MARKS + 1},}`, 'gu')
const MARK = /\p{M}/gu
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u

const withoutPiles = (text: string): string =>
  text.replace(PILES, (pile) => (pile.match(MARK) ?? []).slice(0, MOST_MARKS).join(''))

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** A text in one way of writing it, with nothing in it that is not to be seen. It may be empty then. */
const tidied = (text: string): string => {
  const plain = text.toWellFormed().replace(BREAKS, '\n').replaceAll('\t', ' ')
  const seen = plain.replace(CONTROLS, '').replace(UNSEEN, '')
  // Piles first: to put their marks in order takes long. And after, for one letter may become two marks.
  const composed = withoutPiles(withoutPiles(seen).normalize('NFC')).normalize('NFC')
  return composed
    .replace(/[^\S\n]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** A message's text as it is kept; null where it is too long. It is empty where there is nothing to be seen in it. */
export const cleanText = (text: string): string | null => {
  if (bytesOf(text) > MOST_MESSAGE_BYTES) return null
  const clean = tidied(text)
  if (!VISIBLE.test(clean)) return ''
  return bytesOf(clean) > MOST_MESSAGE_BYTES ? null : clean
}

const PREVIEW_LETTERS = 200

/** The beginning of a message, on one line: what an inbox shows of it. */
export const previewOf = (text: string): string => {
  const letters = [...text.replaceAll('\n', ' ')]
  return letters.length > PREVIEW_LETTERS ? `${letters.slice(0, PREVIEW_LETTERS - 1).join('')}…` : letters.join('')
}
