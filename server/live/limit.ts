export type Limit = {
  /** Counts one more request. Returns whether it is allowed in this second. */
  ask: () => boolean
  /** A request had so many topics watched: each is a read, and often a subscription. */
  chargeTopics: (topics: number) => void
}

/** So many are as much work as one more request. */
const TOPICS_A_REQUEST = 100
/** So many times as many requests as are allowed are no mistake of a moment any more. */
const FAR_TOO_MANY = 20

/** How much one client may ask for in a second. `end` is called once, where the client ignores all refusals. */
export const createLimit = (most: number, now: () => number, end: () => void): Limit => {
  let second = 0
  let asked = 0
  let charged = 0
  let ended = false
  return {
    ask: () => {
      const current = Math.floor(now() / 1000)
      if (current !== second) {
        second = current
        asked = 0
        charged = 0
      }
      if (++asked > most * FAR_TOO_MANY && !ended) {
        ended = true
        end()
      }
      return asked + charged <= most
    },
    chargeTopics: (topics) => {
      charged += Math.floor(topics / TOPICS_A_REQUEST)
    },
  }
}
