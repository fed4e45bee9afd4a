import { createHash } from 'node:crypto'

/** Room in a handle for a number at its end: `-1000`. */
const MOST_LETTERS = 27

/**
 * The handle that suits a name: `Ann Müller` is `ann-muller`. Somebody else may have it. Names in letters that handles do
 * not have differ by a number.
 */
export const slugOf = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MOST_LETTERS)
    .replace(/-+$/, '')
  return plain || `person-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
