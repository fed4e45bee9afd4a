/** What every simulator is given from outside: time, randomness, a way to speak, and when to end. */
export type Run = {
  /** Unix milliseconds. */
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
  seed: number
  /** Where sources begin to number: above what any earlier run used, so that nothing new is taken for a repeat. */
  firstNumber: number
  say: (line: string) => void
  signal: AbortSignal
}

/**
 * A first number for a run that starts at `now` (Unix milliseconds): a later run begins higher as long as no source
 * sends more than 1,000 a millisecond. Below 2^53 until the year 2255.
 */
export const firstNumber = (now: number): number => now * 1000
