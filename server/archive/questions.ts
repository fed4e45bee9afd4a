import { type Archive, ArchiveAway } from '../../archive/archive.ts'
import { within } from '../../redis/within.ts'

/** What the live floor asks of the archive may take so long: longer, and the answer goes without (ms). */
const WITHIN_MS = 3000

/** The questions about the past. */
export type Past = Pick<
  Archive,
  | 'begin'
  | 'edge'
  | 'slices'
  | 'candles'
  | 'trades'
  | 'lastTrade'
  | 'track'
  | 'lastOfAll'
  | 'visits'
  | 'complete'
  | 'symbols'
>

/** Asks in another way. */
type Otherwise = <A extends unknown[], R>(ask: (...args: A) => Promise<R>) => (...args: A) => Promise<R>

const asking = (archive: Past, other: Otherwise): Past => ({
  begin: other(archive.begin),
  edge: other(archive.edge),
  slices: other(archive.slices),
  candles: other(archive.candles),
  trades: other(archive.trades),
  lastTrade: other(archive.lastTrade),
  track: other(archive.track),
  lastOfAll: other(archive.lastOfAll),
  visits: other(archive.visits),
  complete: other(archive.complete),
  symbols: other(archive.symbols),
})

/** What is asked of the archive; null where it is away, or takes too long: then nothing more of it is asked. */
export const unlessAway = async <T extends object>(
  archive: Past,
  ask: (archive: Past) => Promise<T>,
  withinMs = WITHIN_MS,
): Promise<T | null> => {
  let isOver = false
  const inTime: Otherwise =
    (question) =>
    async (...args) => {
      if (isOver) throw new ArchiveAway('nobody waits for it')
      return question(...args)
    }
  const known = ask(asking(archive, inTime)).catch((error: unknown) => {
    if (error instanceof ArchiveAway) return null
    throw error
  })
  return within<T | null>(withinMs, known, () => {
    isOver = true
    return null
  })
}

/** What a question costs whoever asks, and each row of its answer (ms): the work for it is done by another thread. */
const ASKED_MS = 0.1
const ROW_MS = 0.002

const rowsOf = (answer: unknown): number => (Array.isArray(answer) ? answer.length : 1)

/** The same questions, each paid for by whoever asks. */
export const paidBy = (archive: Past, pay: (cost: number) => void): Past =>
  asking(archive, (ask) => async (...args) => {
    const answer = await ask(...args)
    pay(ASKED_MS + rowsOf(answer) * ROW_MS)
    return answer
  })
