import type { Logger } from 'pino'
import { ArchiveAway } from '../../archive/archive.ts'
import { isOwnFault } from '../faults.ts'
import type { ArchivistPorts } from './ports.ts'
import { createRetention, type Keeps } from './retention.ts'
import { createRounds, type Rounds } from './rounds.ts'
import { hasMoved, nearLoss } from './tended.ts'

/** How the archiving goes, as this node knows it: all 0 where another one does it. */
export type ArchiveFigures = {
  /** Since when something waits for the archive, in seconds. */
  lag: number
  /** How near Redis is to dropping what is not archived, from 0 to 1. */
  nearLoss: number
}

export type Archivist = {
  /** Archives until it is closed. To be called by the one node that has the lease. */
  open: () => { close: () => Promise<void> }
  figures: () => ArchiveFigures
}

/** While the archive is away it is looked as often how far Redis is (ms). */
const LOOK_EVERY_MS = 5000
/** Past this there is a warning, once; below the other one it is over. */
const WARN_ABOVE = 0.5
const WARN_AGAIN_BELOW = 0.25

/** Archives what is new in Redis, turn by turn. */
export const createArchivist = (ports: ArchivistPorts, keeps: Keeps): Archivist => {
  let current: Rounds | null = null
  const figures = (): ArchiveFigures => figuresOf(ports, current)
  return {
    figures,
    open: () => {
      let isClosed = false
      const rounds = createRounds(ports, () => !isClosed)
      const turn = createTurn(
        ports,
        rounds,
        createRetention(ports, keeps, () => !isClosed),
        createWarning(ports.log, figures),
      )
      let working: Promise<void> | null = null
      current = rounds
      const guarded = ports.faults.guard('archive.turn', () => {
        if (working !== null) return undefined
        working = turn().finally(() => {
          working = null
        })
        return working
      })
      const timer = setInterval(guarded, ports.timing.turn)
      return {
        close: async () => {
          isClosed = true
          clearInterval(timer)
          if (current === rounds) current = null
          await working?.catch(() => {})
        },
      }
    },
  }
}

/** One turn: a round, or another try where the archive was away. */
const createTurn = (ports: ArchivistPorts, rounds: Rounds, retain: () => Promise<void>, warn: () => void) => {
  const { isUp, log, timing, clock } = ports
  let phase: 'begins' | 'goes on' | 'away' = 'begins'
  let again = timing.again.first
  let due = Number.NEGATIVE_INFINITY
  let lookDue = Number.NEGATIVE_INFINITY

  const work = async (): Promise<void> => {
    if (phase !== 'goes on') await rounds.load()
    if (phase === 'away') log.info('The archive is back')
    phase = 'goes on'
    again = timing.again.first
    await rounds.round()
    await retain()
  }
  // What was written of a batch that failed is not known: from here on the archive's own marks count.
  const failed = (error: unknown): void => {
    due = clock() + again
    again = Math.min(timing.again.most, again * 2)
    const [reason, isAway] = [String(error), error instanceof ArchiveAway]
    if (isAway && phase !== 'away') log.warn({ reason }, 'The archive is away; what is new stays in Redis')
    if (!isAway) log.warn({ reason }, 'Archiving failed and is tried again')
    phase = isAway || phase === 'away' ? 'away' : 'begins'
  }
  return async (): Promise<void> => {
    if (!isUp()) return
    try {
      if (clock() >= due) await work()
      else if (clock() >= lookDue) {
        lookDue = clock() + LOOK_EVERY_MS
        await rounds.look()
      }
    } catch (error) {
      failed(error)
      if (isOwnFault(error)) throw error
    } finally {
      warn()
    }
  }
}

const figuresOf = ({ now, keepsTrades }: ArchivistPorts, rounds: Rounds | null): ArchiveFigures => {
  const at = now()
  let [since, near] = [at, 0]
  for (const tended of rounds?.tended() ?? []) {
    if (!hasMoved(tended)) continue
    if (tended.mark !== null) since = Math.min(since, tended.doneAt)
    near = Math.max(near, nearLoss(tended, at, keepsTrades))
  }
  return { lag: Math.max(0, at - since) / 1000, nearLoss: near }
}

const createWarning = (log: Logger, figures: () => ArchiveFigures) => {
  let warned = false
  return (): void => {
    const { nearLoss: near } = figures()
    if (near > WARN_ABOVE && !warned)
      log.warn({ share: near }, 'Redis will soon drop what is not archived: look at the archive')
    if (near > WARN_ABOVE || near < WARN_AGAIN_BELOW) warned = near > WARN_ABOVE
  }
}
