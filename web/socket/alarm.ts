/** A timer with one wait at a time. */
export const createAlarm = () => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  return {
    isSet: (): boolean => timer !== undefined,
    /** Calls `ring` after so many milliseconds, and no longer what was set before. */
    set: (wait: number, ring: () => void): void => {
      stop()
      timer = setTimeout(() => {
        timer = undefined
        ring()
      }, wait)
    },
    stop,
  }
}
