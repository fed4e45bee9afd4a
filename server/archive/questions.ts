import { type Archive, ArchiveAway } from '../../archive/archive.ts'
import { within } from '../../redis/within.ts'

/** What the live floor asks of the archive may take so long: longer, and the answer goes without (ms). */
const WITHIN_MS = 3000

const QUESTIONS = [
  'begin',
  'edge',
  'slices',
  'candles',
  'trades',
  'lastTrade',
  'track',
  'lastOfAll',
  'visits',
  'complete',
  'symbols',
] as const
/** The questions about the past. */
export type Past = Pick<Archive, (typeof QUESTIONS)[number]>

type Question = (...args: unknown[]) => Promise<unknown>

/** The same questions, each asked in another way. */
const asking = <K extends keyof Archive>(
  archive: Pick<Archive, K>,
  questions: readonly K[],
  otherwise: (ask: Question) => Question,
): Pick<Archive, K> => {
  const asked = questions.map((name) => [name, otherwise(archive[name] as unknown as Question)])
  return Object.fromEntries(asked) as Pick<Archive, K>
}

/** What is asked of the archive; null where it is away, or takes too long: then nothing more of it is asked. */
export const unlessAway = async <T extends object>(
  archive: Past,
  ask: (archive: Past) => Promise<T>,
  withinMs = WITHIN_MS,
): Promise<T | null> => {
  let isOver = false
  const inTime = asking(archive, QUESTIONS, (question) => async (...args) => {
    if (isOver) throw new ArchiveAway('nobody waits for it')
    return question(...args)
  })
  const known = ask(inTime).catch((error: unknown) => {
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
export const questionsPaidBy = <K extends keyof Archive>(
  archive: Pick<Archive, K>,
  questions: readonly K[],
  pay: (cost: number) => void,
): Pick<Archive, K> =>
  asking(archive, questions, (ask) => async (...args) => {
    const answer = await ask(...args)
    pay(ASKED_MS + rowsOf(answer) * ROW_MS)
    return answer
  })

export const paidBy = (archive: Past, pay: (cost: number) => void): Past => questionsPaidBy(archive, QUESTIONS, pay)
