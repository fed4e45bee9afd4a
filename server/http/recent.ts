/**
 * What is asked for again within so long (ms) is what it was, one value for all who ask. `now`: a clock that never goes
 * back.
 */
export const createRecent = <T>(read: () => Promise<T>, sameMs: number, now: () => number): (() => Promise<T>) => {
  let recent: { value: Promise<T>; at: number } | null = null
  return () => {
    if (recent !== null && now() - recent.at < sameMs) return recent.value
    const value = read()
    const own = { value, at: now() }
    recent = own
    value.catch(() => {
      if (recent === own) recent = null
    })
    return value
  }
}
