/**
 * What `read` gives, at most so old (ms): it is read once for all who ask meanwhile, and what fails is not kept. `now`:
 * milliseconds, by a clock that never goes back.
 */
export const keptFresh = <T>(read: () => Promise<T>, freshMs: number, now: () => number): (() => Promise<T>) => {
  let kept: { at: number; value: Promise<T> } | null = null
  return () => {
    if (kept !== null && now() - kept.at < freshMs) return kept.value
    const reading = { at: now(), value: read() }
    kept = reading
    reading.value.catch(() => {
      if (kept === reading) kept = null
    })
    return reading.value
  }
}
