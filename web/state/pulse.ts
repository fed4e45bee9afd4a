/**
 * {@link createPulse.beat} comes once a second. Where it is this many milliseconds late, the whole page stood still.
 */
const LATE = 3_000

/** The beat of the page, once a second, and a way to notice that it was missed: the page slept. */
export const createPulse = (now: () => number, onBeat: () => void) => {
  let beatAt = now()
  const beat = (): void => {
    beatAt = now()
    onBeat()
  }
  return {
    beat,
    /**
     * Beats where that is long overdue. What arrives first after a sleep has waited for it, and must not count as news.
     */
    catchUp: (): void => {
      if (now() - beatAt > LATE) beat()
    },
  }
}
