/**
 * Reads once what many ask for at the same time. Those who ask while it is being read share the next reading: so nobody
 * gets what was read before they asked.
 */
export const createShared = <T>() => {
  const running = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  const begin = (key: string, read: () => Promise<T>): Promise<T> => {
    const reading = read()
    running.set(key, reading)
    const end = (): void => {
      if (running.get(key) === reading) running.delete(key)
    }
    reading.then(end, end)
    return reading
  }

  return (key: string, read: () => Promise<T>): Promise<T> => {
    const before = running.get(key)
    if (!before) return begin(key, read)
    const known = next.get(key)
    if (known) return known
    const beginNext = (): Promise<T> => {
      next.delete(key)
      return begin(key, read)
    }
    const later = before.then(beginNext, beginNext)
    next.set(key, later)
    return later
  }
}
