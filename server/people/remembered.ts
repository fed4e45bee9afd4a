import type { Person } from './person.ts'

/** Who was let in by which text, so that a text is not verified with each request. */
export type Remembered = {
  get: (text: string) => Person | undefined
  put: (text: string, person: Person) => void
}

/** Remembers texts of so many letters together; the longest unused are forgotten first. */
export const createRemembered = (mostLetters: number): Remembered => {
  /** In the order of their last use. */
  const known = new Map<string, Person>()
  let letters = 0
  const forget = (text: string): void => {
    if (known.delete(text)) letters -= text.length
  }
  return {
    get: (text) => {
      const person = known.get(text)
      if (person === undefined) return undefined
      known.delete(text)
      known.set(text, person)
      return person
    },
    put: (text, person) => {
      forget(text)
      // A copy: the text is a part of a request, all of which would stay with it.
      known.set(Buffer.from(text, 'latin1').toString('latin1'), person)
      letters += text.length
      for (const old of known.keys()) {
        if (letters <= mostLetters) break
        forget(old)
      }
    },
  }
}
