/** What went wrong, in trades: every run of the bench must show zeros. */
export type Faults = {
  /** Numbers that never came: skipped, or missing at the end. */
  lost: number
  /** Numbers that came again, or late. */
  repeated: number
  /** Trades of symbols that the client does not watch. */
  strays: number
  /** Gaps and resyncs that the server told of. */
  told: number
  /** Connections that ended when they should not. */
  ended: number
}

/** Delays in steps of 50 microseconds; what took longer than all of them is counted in the last. */
const STEP_MS = 0.05
const STEPS = 200_000

export type Percentiles = { p50: number; p95: number; p99: number; max: number }

export type Tally = {
  /** Client number `client` got trade `seq` of a symbol, that was published at `at`, now (both Unix ms). */
  got: (client: number, symbol: number, seq: number, at: number, now: number) => void
  /** Sets where a client stands in a symbol: the next must be `seq + 1`. */
  stand: (client: number, symbol: number, seq: number) => void
  standing: (client: number, symbol: number) => number
  deliveries: () => number
  /** When the last delivery came (Unix ms), 0 for none. */
  latest: () => number
  faults: Faults
  /** Counts a delay, in milliseconds; `got` does so by itself. */
  late: (ms: number) => void
  /** Forgets the delays counted so far. */
  clearDelays: () => void
  percentiles: () => Percentiles
}

const UNWATCHED = -1

/** Checks every delivery, and counts the delays. */
export const createTally = (clients: number, symbols: number): Tally => {
  const last = new Int32Array(clients * symbols).fill(UNWATCHED)
  const delays = new Uint32Array(STEPS + 1)
  const faults: Faults = { lost: 0, repeated: 0, strays: 0, told: 0, ended: 0 }
  let deliveries = 0
  let latest = 0

  const fault = (before: number, seq: number): void => {
    if (before === UNWATCHED) faults.strays++
    else if (seq <= before) faults.repeated++
    else faults.lost += seq - before - 1
  }

  const percentile = (share: number, total: number): number => {
    let below = 0
    for (let step = 0; step <= STEPS; step++) {
      below += delays[step] ?? 0
      if (below >= total * share && below > 0) return (step + 1) * STEP_MS
    }
    return 0
  }

  const late = (ms: number): void => {
    const step = Math.max(0, Math.min(STEPS, Math.floor(ms / STEP_MS)))
    delays[step] = (delays[step] ?? 0) + 1
  }

  return {
    got: (client, symbol, seq, at, now) => {
      const place = client * symbols + symbol
      const before = last[place] ?? UNWATCHED
      if (before === UNWATCHED || seq !== before + 1) fault(before, seq)
      if (seq > before && before !== UNWATCHED) last[place] = seq
      deliveries++
      latest = now
      late(now - at)
    },
    stand: (client, symbol, seq) => {
      last[client * symbols + symbol] = seq
    },
    standing: (client, symbol) => last[client * symbols + symbol] ?? UNWATCHED,
    deliveries: () => deliveries,
    latest: () => latest,
    faults,
    late,
    clearDelays: () => void delays.fill(0),
    percentiles: () => {
      const total = delays.reduce((sum, count) => sum + count, 0)
      return {
        p50: percentile(0.5, total),
        p95: percentile(0.95, total),
        p99: percentile(0.99, total),
        max: percentile(1, total),
      }
    },
  }
}
