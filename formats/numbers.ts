const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/**
 * A decimal number as people write it; NaN for all else: what is empty, hexadecimal, or a number in its first half
 * only.
 */
export const decimal = (text: string | undefined): number =>
  text !== undefined && DECIMAL.test(text) ? Number(text) : Number.NaN

/** A number of JSON, or a text that is one; NaN for all else. */
export const jsonNumber = (value: unknown): number => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? decimal(value) : Number.NaN
}

/** A value that a source may leave out: undefined where it did, NaN where it says what is no number. */
export const optional = (text: string | undefined): number | undefined =>
  text === undefined || text.trim() === '' ? undefined : decimal(text)

/** A source's own number: whole, from 1, and exact in a double; NaN for all else. */
export const sourceNumber = (value: unknown): number => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : Number.NaN
}
