import type { CandlesReply } from '../../wire/api.ts'
import type { Interval } from '../../wire/market.ts'
import type { Update } from '../../wire/protocol.ts'

/** `at`: the moment that they are wanted as of, on a floor of the past. */
export type LoadCandles = (symbol: string, interval: Interval, before?: number, at?: number) => Promise<CandlesReply>

/** The most updates that wait for a reading. What falls off leaves a hole, and history is read again. */
const MOST_WAITING = 2_000

export type ReadingEvents = {
  /** History was read. `held` came on the stream meanwhile, in order. */
  done: (reply: CandlesReply, held: readonly Update[]) => void
  /** It could not be read; why, for people. */
  failed: (reason: string) => void
}

/**
 * Reads a chart's history, one reading at a time: what an earlier one brings is not taken. The stream waits meanwhile.
 */
export const createHistoryReading = (load: LoadCandles, { done, failed }: ReadingEvents) => {
  /** Counts readings: only the newest one counts. */
  let turn = 0
  let underWay = false
  let held: Update[] = []

  return {
    isUnderWay: (): boolean => underWay,
    read: async (symbol: string, interval: Interval, at?: number): Promise<void> => {
      const own = ++turn
      underWay = true
      held = []
      try {
        const reply = await load(symbol, interval, undefined, at)
        if (own !== turn) return
        underWay = false
        const waited = held
        held = []
        done(reply, waited)
      } catch (error) {
        if (own !== turn) return
        underWay = false
        failed(error instanceof Error ? error.message : 'The history can’t be loaded.')
      }
    },
    /** Keeps an update until the reading is done. */
    hold: (update: Update): void => {
      if (held.length < MOST_WAITING) held.push(update)
    },
    stop: (): void => {
      turn++
      underWay = false
    },
  }
}
