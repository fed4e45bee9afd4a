/** Does one piece of a longer work when its turn comes: long work is done in many pieces, so that nobody waits long. */
export type Work = <T>(piece: () => T) => Promise<T>

/** What `make` gives for each of many, so many of them in a piece; null where it gives nothing. */
export const byPieces = async <T, R>(
  items: readonly T[],
  atOnce: number,
  work: Work,
  make: (item: T) => R | null,
): Promise<R[]> => {
  const made: R[] = []
  for (let i = 0; i < items.length; i += atOnce)
    await work(() => {
      for (const item of items.slice(i, i + atOnce)) {
        const one = make(item)
        if (one !== null) made.push(one)
      }
    })
  return made
}
