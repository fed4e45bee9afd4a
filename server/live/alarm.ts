export type Alarm = {
  /** Sets it to a time (Unix ms), unless it rings before that. */
  setTo: (due: number) => void
  stop: () => void
}

/** Rings once, at the earliest of the times that it was set to. `guard` makes its timer safe. */
export const createAlarm = (now: () => number, ring: () => void, guard: (run: () => void) => () => void): Alarm => {
  let timer: NodeJS.Timeout | undefined
  let ringsAt = Number.POSITIVE_INFINITY

  const stop = (): void => {
    clearTimeout(timer)
    ringsAt = Number.POSITIVE_INFINITY
  }

  const ringNow = guard(() => {
    stop()
    ring()
  })

  return {
    setTo: (due) => {
      if (ringsAt <= due) return
      stop()
      ringsAt = due
      timer = setTimeout(ringNow, Math.max(due - now(), 0)).unref()
    },
    stop,
  }
}
