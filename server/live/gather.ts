export type Gathering<T> = {
  /** Asks for one more result. Returns a function to call with it. */
  next: () => (result: T) => void
  /** How many were asked for so far. */
  count: () => number
  /** No more will be asked for. */
  close: () => void
}

/** Gathers results that come in any order: `done` gets them in the order they were asked for, once all are there. */
export const gather = <T>(done: (results: T[]) => void): Gathering<T> => {
  const results: T[] = []
  let asked = 0
  let open = 1
  const close = (): void => {
    if (--open === 0) done(results)
  }
  return {
    next: () => {
      const index = asked++
      open++
      return (result) => {
        results[index] = result
        close()
      }
    },
    count: () => asked,
    close,
  }
}
