/** Those who hold back until no more than so many items wait. */
export type Waiters = {
  wait: (most: number) => Promise<void>
  /** Something was answered: lets those go on who have waited long enough. */
  wake: () => void
}

export const createWaiters = (isDrained: (most: number) => boolean): Waiters => {
  let waiters: { most: number; resolve: () => void }[] = []
  return {
    wait: (most) =>
      isDrained(most) ? Promise.resolve() : new Promise<void>((resolve) => waiters.push({ most, resolve })),
    wake: () => {
      const due = waiters.filter(({ most }) => isDrained(most))
      if (due.length > 0) waiters = waiters.filter((waiter) => !due.includes(waiter))
      for (const { resolve } of due) resolve()
    },
  }
}
