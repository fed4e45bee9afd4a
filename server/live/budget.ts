/** How much may be replayed to a client at once: in one answer, or before it has taken what waits for it. */
export type Budget = {
  /** Takes so many bytes out of the budget. Returns false, and takes nothing, where that is too much. */
  spend: (bytes: number) => boolean
}

/** A client gets a topic's state instead of a longer replay, in bytes: well below what may wait for it. */
const MOST_REPLAYED = 512 * 1024

export const createBudget = (bytes: number): Budget => {
  let left = bytes
  return {
    spend: (wanted) => {
      if (wanted > Math.min(MOST_REPLAYED, left)) return false
      left -= wanted
      return true
    },
  }
}
