/** Texts that many rows share, by number: a row needs two bytes for one. */
export type Words = {
  /** The number of a text, from 1. */
  numberOf: (text: string) => number
  textOf: (number: number) => string
}

const MOST_WORDS = 10_000
const MOST_LENGTH = 200
/** What is said of all that a list has no room for. */
export const OTHER = 'other'

export const createWords = (): Words => {
  const texts = ['', OTHER]
  const numbers = new Map<string, number>()
  return {
    numberOf: (text) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      const short = ownText(text.slice(0, MOST_LENGTH))
      if (short.length < text.length && numbers.has(short)) return numbers.get(short) ?? 1
      if (texts.length > MOST_WORDS) return 1
      numbers.set(short, texts.push(short) - 1)
      return texts.length - 1
    },
    textOf: (number) => texts[number] ?? OTHER,
  }
}

/** The same text in memory of its own: what was cut out of a longer one keeps all of that alive. */
export const ownText = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')
