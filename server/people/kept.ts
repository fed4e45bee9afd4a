/** Reads something for all who ask within a while, and anew once it was changed. */
export type KeptAWhile<T> = { read: () => Promise<T>; changed: () => void }

export const keepAWhile = <T>(read: () => Promise<T>, ms: number, now: () => number): KeptAWhile<T> => {
  let kept: Promise<T> | null = null
  let until = 0
  const changed = (): void => {
    kept = null
  }
  return {
    read: () => {
      if (kept !== null && now() < until) return kept
      const reading = read()
      kept = reading
      until = now() + ms
      reading.catch(() => {
        if (kept === reading) changed()
      })
      return reading
    },
    changed,
  }
}
