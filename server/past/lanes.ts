/** Calls that one clock may have under way at the archive for one thing. */
const LANES = 4

/** What `ask` comes to for each of many, a few at a time. */
export const inLanes = async <T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> => {
  const all: R[] = []
  for (let i = 0; i < items.length; i += LANES) all.push(...(await Promise.all(items.slice(i, i + LANES).map(ask))))
  return all
}
