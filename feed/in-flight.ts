/** Batches on their way at once: one that Redis works on while the next is made. A queue is in one of them at most. */
const DEPTH = 2
/**
 * After so many milliseconds a batch is on its way still, but others are sent beside it: one server of a Cluster may
 * hang, or all be far.
 */
const SLOW = 100

/** The batches that are on their way. */
export type InFlight = {
  /** No more may be sent now. */
  isFull: () => boolean
  isEmpty: () => boolean
  /** Counts a batch until it is answered. */
  add: (batch: Promise<void>) => Promise<void>
}

/** `onSlow` hears when one takes so long that others may be sent beside it. */
export const createInFlight = (onSlow: () => void): InFlight => {
  let count = 0
  let late = 0
  return {
    isFull: () => count - late >= DEPTH,
    isEmpty: () => count === 0,
    add: async (batch) => {
      count++
      let isLate = false
      const slow = setTimeout(() => {
        isLate = true
        late++
        onSlow()
      }, SLOW)
      await batch
      clearTimeout(slow)
      count--
      if (isLate) late--
    },
  }
}
