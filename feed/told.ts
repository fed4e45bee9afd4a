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
  /** Those being told, and those of them to tell again then: the steps of two tellings at once could lose a device. */
  const underWay = new Set<string>()
  const again = new Set<string>()
  const add = (name: string): void => {
    if (underWay.has(name)) again.add(name)
    else waiting.add(name)
  }
  return {
    add,
    waiting: () => waiting.size,
    failing: () => failing.size,
    retry: () => {
      for (const name of failing) add(name)
    },
    send: async () => {
      const names = [...waiting].slice(0, most)
      for (const name of names) {
        waiting.delete(name)
        underWay.add(name)
      }
      const failed = await tell(names)
      for (const name of names) {
        failing.delete(name)
        underWay.delete(name)
        if (again.delete(name)) waiting.add(name)
      }
      for (const name of failed) failing.add(name)
    },
  }
}
