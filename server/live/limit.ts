/** So many times as many requests as are allowed are no mistake of a moment any more. */
const FAR_TOO_MANY = 20

/** Answers whether one more request is allowed in this second. `end` is called, once, for a client that does not heed the answers at all. */
export const createLimit = (most: number, now: () => number, end: () => void): (() => boolean) => {
  let second = 0
  let asked = 0
  let ended = false
  return () => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      second = current
      asked = 0
    }
    if (++asked > most * FAR_TOO_MANY && !ended) {
      ended = true
      end()
    }
    return asked <= most
  }
}
