import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is truthy, and returns it. After `limitMs` it throws, with `what` was waited
 * for and the last error or answer. The limit costs nothing where all is well, and a machine may be busy: how soon
 * something comes is for benches.
 */
export const eventually = async <T>(
  what: string,
  look: () => T | Promise<T>,
  { limitMs = 60_000, everyMs = 20 } = {},
): Promise<NonNullable<T>> => {
  const end = performance.now() + limitMs
  for (;;) {
    let last: unknown
    try {
      last = await look()
      if (last) return last as NonNullable<T>
    } catch (error) {
      last = error
    }
    if (performance.now() > end)
      throw new Error(`not within ${limitMs} ms: ${what}; last seen: ${last}`, { cause: last })
    await sleep(everyMs)
  }
}
