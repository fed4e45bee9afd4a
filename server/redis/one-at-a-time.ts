/**
 * Runs work at most once at a time. Whoever asks while it runs shares the run after it with all who ask until then: the
 * one under way may have been too early for them.
 */
export const oneAtATime = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  const run = async (): Promise<void> => {
    try {
      await work()
    } finally {
      running = null
    }
  }

  const ask = (): Promise<void> => {
    if (running) {
      next ??= running.then(again, again)
      return next
    }
    running = run()
    return running
  }

  const again = (): Promise<void> => {
    next = null
    return ask()
  }
  return ask
}
