import { type Archive, ArchiveAway } from '../../archive/archive.ts'
import { within } from '../../redis/within.ts'

/** What the live floor asks of the archive may take so long: longer, and the answer goes without (ms). */
const WITHIN_MS = 3000

/** What is asked of the archive; null where it is away, or takes too long. */
export const unlessAway = <T extends object>(asked: Promise<T>, withinMs = WITHIN_MS): Promise<T | null> => {
  const known = asked.catch((error: unknown) => {
    if (error instanceof ArchiveAway) return null
    throw error
  })
  return within<T | null>(withinMs, known, () => null)
}

/** The questions about the past. */
export type Past = Pick<
  Archive,
  'begin' | 'edge' | 'slices' | 'candles' | 'trades' | 'lastTrade' | 'track' | 'lastOfAll' | 'visits' | 'complete'
>

/** What a question costs whoever asks, and each row of its answer (ms): the work for it is done by another thread. */
const ASKED_MS = 0.1
const ROW_MS = 0.002

const rowsOf = (answer: unknown): number => (Array.isArray(answer) ? answer.length : 1)

/** The same questions, each paid for by whoever asks. */
export const paidBy = (archive: Archive, pay: (cost: number) => void): Past => {
  const paid =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const answer = await ask(...args)
      pay(ASKED_MS + rowsOf(answer) * ROW_MS)
      return answer
    }
  return {
    begin: paid(archive.begin),
    edge: paid(archive.edge),
    slices: paid(archive.slices),
    candles: paid(archive.candles),
    trades: paid(archive.trades),
    lastTrade: paid(archive.lastTrade),
    track: paid(archive.track),
    lastOfAll: paid(archive.lastOfAll),
    visits: paid(archive.visits),
    complete: paid(archive.complete),
  }
}
