/** Long enough that one flush that was held up, by the system or by garbage, says little. */
const WINDOW_MS = 500

export type Load = {
  /** Notes when a flush began, how long it took (both ms), and what it sent. */
  add: (flush: { started: number; took: number; frames: number; deliveries: number }) => void
  /** The share of all time that it would take to send each update in a frame of its own; at most 1. */
  share: () => number
}

/**
 * How much there is to send, over the last half second. It is the same however many updates are sent together: so a
 * wait that depends on it, which brings more of them together, cannot make itself longer.
 */
export const createLoad = (): Load => {
  let since = 0
  let work = 0
  let share = 0
  return {
    add: ({ started, took, frames, deliveries }) => {
      if (frames > 0) work += (took * deliveries) / frames
      if (started - since < WINDOW_MS) return
      share = Math.min(work / (started - since), 1)
      since = started
      work = 0
    },
    share: () => share,
  }
}
