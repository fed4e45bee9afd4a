import { createHash } from 'node:crypto'
import { MAX_PERSON_NAME } from '../../wire/people.ts'

/** The longest handle that is made of a name, in letters: what makes it another person's than its like fits behind. */
const LONGEST = 28
const MARKS = /\p{M}+/gu
const NOT_PLAIN = /[^a-z\d]+/g
const ENDS = /^-+|-+$/g

/** The handle of whoever has this name, as in `@ann-lee`. One in letters that handles do not have gets a number. */
export const handleOf = (name: string): string => {
  const plain = name.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(NOT_PLAIN, '-').replace(ENDS, '')
  const cut = plain.slice(0, LONGEST).replace(ENDS, '')
  return cut || `person-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

/** Control characters, halves of letters, ends of lines, and what turns the direction of the text around it. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** A name as a person gives it, in one spelling; null where it is none. */
export const readName = (text: string): string | null => {
  const name = text.normalize('NFC').trim()
  const fits = name !== '' && [...name].length <= MAX_PERSON_NAME && !UNFIT.test(name)
  return fits ? name : null
}
