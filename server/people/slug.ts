/** Room in a handle for a number at its end: `-1000`. */
const MOST_LETTERS = 27

/** The handle that suits a name: `Ann Müller` is `ann-muller`. Somebody else may have it. */
export const slugOf = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MOST_LETTERS)
    .replace(/-+$/, '')
  return plain || 'person'
}
