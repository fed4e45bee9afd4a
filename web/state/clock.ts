/** Delivery delay in milliseconds over the last samples: the middle one, and the one that 99 of 100 stay below. */
export type Delay = { p50: number; p99: number }

const WINDOW = 24
/** Delays that are remembered. */
export const SAMPLES = 512

const keepLast = (values: number[], value: number, most: number): void => {
  values.push(value)
  if (values.length > most) values.shift()
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/**
 * The server's clock as this browser sees it. What the node stamps arrives late by its way here, never early, so the
 * least (arrival - stamp) of the last messages is the two clocks' distance plus the shortest way; half the shortest
 * round trip is taken for that way. All in milliseconds; nothing here reads a clock.
 */
export const createClock = () => {
  const distances: number[] = []
  const rounds: number[] = []
  const delays: number[] = []

  const offset = (): number => {
    if (distances.length === 0) return 0
    const way = rounds.length === 0 ? 0 : Math.min(...rounds) / 2
    return Math.min(...distances) - way
  }

  return {
    /** A stamp that the node made just before sending arrived at `now`. */
    stamped: (at: number, now: number): void => keepLast(distances, now - at, WINDOW),
    /** A question and its answer took `duration`. */
    roundTrip: (duration: number): void => keepLast(rounds, duration, WINDOW),
    /** An update that Redis published at `at` arrived at `now`. */
    arrived: (at: number, now: number): void => keepLast(delays, Math.max(0, now - at - offset()), SAMPLES),
    /** When the node sent what it stamped `at`, and what arrived at `now`, on this browser's clock. */
    sentAt: (at: number, _now: number): number => at + offset(),
    /** How far this browser's clock is ahead of the server's. */
    offset,
    /** The server's time at this browser's `now`. */
    serverTime: (now: number): number => now - offset(),
    delay: (): Delay | null => {
      if (delays.length === 0) return null
      const sorted = delays.toSorted((a, b) => a - b)
      return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
    },
    /** Another node, another clock, another way. */
    reset: (): void => {
      distances.length = 0
      rounds.length = 0
      delays.length = 0
    },
  }
}
export type Clock = ReturnType<typeof createClock>
