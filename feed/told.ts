/**
 * What Redis is told by name besides trades, quotes and fixes, such as what a symbol is called: once, and again where
 * that failed.
 */
export type Told = {
  add: (name: string) => void
  /** How many can be told now. */
  waiting: () => number
  /** How many failed when they were told last; `retry` lets them be told again. */
  failing: () => number
  retry: () => void
  /** Tells the next of them. */
  send: () => Promise<void>
}

/** `tell` tells of up to `most` names, and returns those that failed and are to be told again. */
export const createTold = (most: number, tell: (names: readonly string[]) => Promise<Iterable<string>>): Told => {
  const waiting = new Set<string>()
  const failing = new Set<string>()
  return {
    add: (name) => {
      waiting.add(name)
    },
    waiting: () => waiting.size,
    failing: () => failing.size,
    retry: () => {
      for (const name of failing) waiting.add(name)
    },
    send: async () => {
      const names = [...waiting].slice(0, most)
      for (const name of names) waiting.delete(name)
      const again = await tell(names)
      for (const name of names) failing.delete(name)
      for (const name of again) failing.add(name)
    },
  }
}
