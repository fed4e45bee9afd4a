/** Counts connections and pauses: what belongs to an earlier one is over. */
export const createLives = () => {
  let life = 0
  return {
    next: (): void => {
      life++
    },
    /** Returns a function that tells whether this life has ended. */
    current: (): (() => boolean) => {
      const own = life
      return () => own !== life
    },
  }
}
export type Lives = ReturnType<typeof createLives>
