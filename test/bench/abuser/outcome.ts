/** What became of an abuser: how much it got through, and what it was told. */
export type Outcome = {
  /** Connections that it opened, and those of them that got no further than TCP. */
  opened: number
  turnedAway: number
  /** Connections that the server ended, and when it first did (s after the start). */
  cut: number
  firstCutS: number | null
  /**
   * Requests and messages that it sent, and those that it could not send because nothing was read of what it had sent.
   */
  sent: number
  held: number
  /** Answers that gave what was asked for, that refused it for the rate (429, `rate_limited`), and others. */
  served: number
  limited: number
  failed: number
  /** How long it waited for an answer (ms). */
  waits: { p50: number; p99: number }
  bytes: number
  /** What the abuse says of itself, such as the size of the call that was taken. */
  remark: string
}

export type Counter = Omit<Outcome, 'waits' | 'firstCutS' | 'remark'>
export type CounterKey = keyof Counter

export type Tally = {
  count: (what: CounterKey, by?: number) => void
  waited: (ms: number) => void
  remark: (text: string) => void
  outcome: () => Outcome
}

const MOST_WAITS = 200_000

/** Counts from now on. */
export const createTally = (now: () => number): Tally => {
  const counter: Counter = {
    opened: 0,
    turnedAway: 0,
    cut: 0,
    sent: 0,
    held: 0,
    served: 0,
    limited: 0,
    failed: 0,
    bytes: 0,
  }
  const waits: number[] = []
  const began = now()
  let firstCutS: number | null = null
  let remark = ''
  return {
    count: (what, by = 1) => {
      counter[what] += by
      if (what === 'cut') firstCutS ??= (now() - began) / 1000
    },
    waited: (ms) => {
      if (waits.length < MOST_WAITS) waits.push(ms)
    },
    remark: (text) => {
      remark = text
    },
    outcome: () => {
      const sorted = [...waits].sort((a, b) => a - b)
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
      return { ...counter, firstCutS, waits: { p50: at(0.5), p99: at(0.99) }, remark }
    },
  }
}
