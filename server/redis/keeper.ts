import type { Logger } from 'pino'
import type { Faults } from '../faults.ts'
import { oneAtATime } from './one-at-a-time.ts'

export type Keeper = {
  /** From now on all is well, and trouble is news. */
  start: () => void
  isUp: () => boolean
  /** Something is not as it should be: an outage, until `settle` has put all right again. */
  lose: (reason: unknown) => void
  /** Puts right what can be, now or after what is under way already; at most once at a time. Never rejects. */
  settle: () => Promise<void>
  /** The same in a moment, together with all else that happens until then. */
  soon: () => void
  close: () => void
}

type KeeperPorts = {
  /**
   * Connects, installs and subscribes whatever is missing. Rejects where a part of it fails; the rest is done all the
   * same.
   */
  putRight: () => Promise<void>
  down: () => void
  up: () => void
  log: Logger
  faults: Faults
  random: () => number
}

const RETRY_MS = 250
/** A slot on the move may be nobody's for a moment; that is no outage until it was so this many times in a row. */
const PATIENCE = 4

/**
 * Decides what is an outage and when it is over, and tries again until it is. Before `start` it does nothing by itself.
 */
export const createKeeper = ({ putRight, down, up, log, faults, random }: KeeperPorts): Keeper => {
  let state: 'opening' | 'up' | 'down' | 'closed' = 'opening'
  let failures = 0
  let losses = 0
  let retry: NodeJS.Timeout | undefined

  const lose = (reason: unknown): void => {
    losses++
    if (state !== 'up') return
    state = 'down'
    log.warn({ reason: String(reason) }, 'Redis, or a part of it, cannot be reached')
    down()
  }

  const soon = (): void => {
    if (state === 'opening' || state === 'closed') return
    // Jitter: what happens to one node happens to all.
    retry ??= setTimeout(again, RETRY_MS * (0.2 + random() * 0.8)).unref()
  }

  const settleAgain = (): Promise<void> => {
    retry = undefined
    return settle()
  }

  const again = faults.guard('redis.settle', settleAgain, () => {
    retry = undefined
    soon()
  })

  const succeed = (): void => {
    failures = 0
    if (state !== 'down') return
    state = 'up'
    log.info('Redis is back')
    up()
  }

  const fail = (error: unknown): void => {
    if (++failures >= PATIENCE) lose(error)
    if (state === 'down' && failures === PATIENCE) log.warn({ reason: String(error) }, 'Redis cannot be used yet')
    soon()
  }

  const settle = oneAtATime(async () => {
    if (state === 'opening' || state === 'closed') return
    const before = losses
    try {
      await putRight()
      // What was lost while the rest was put right is not.
      if (losses === before) succeed()
      else soon()
    } catch (error) {
      fail(error)
    }
  })

  return {
    start: () => {
      state = 'up'
    },
    isUp: () => state === 'up',
    lose,
    settle,
    soon,
    close: () => {
      state = 'closed'
      clearTimeout(retry)
    },
  }
}
