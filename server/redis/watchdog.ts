import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { connectAnew } from '../../redis/connect-anew.ts'
import { isAnswer } from '../../redis/errors.ts'
import type { Faults } from '../faults.ts'
import { type Deployment, primariesOf } from './deployment.ts'
import type { Keeper } from './keeper.ts'
import type { Line } from './lines.ts'
import type { Subscriptions } from './subscriptions.ts'

const WATCH_MS = 2000

/**
 * Asks every connection every two seconds whether it is well: a Redis that hangs sends nothing and closes nothing, and
 * one that forgets a subscription does not say so. Returns a function that stops it.
 */
export const watch = (
  deployment: Deployment,
  own: Subscriptions,
  keeper: Keeper,
  log: Logger,
  faults: Faults,
): (() => void) => {
  let stopped = false

  /** Whoever does not answer is reconnected; who answers that it cannot serve now is waited for. */
  const answers = async (redis: Redis): Promise<boolean> => {
    if (redis.status !== 'ready') return false
    try {
      await deployment.check(redis)
      return true
    } catch (error) {
      if (stopped || redis.status !== 'ready') return false
      keeper.lose(error)
      if (!isAnswer(error)) connectAnew(redis)
      keeper.soon()
      return false
    }
  }

  const remembers = async (line: Line): Promise<void> => {
    if (!(await answers(line.redis)) || (await own.audit(line).catch(() => true))) return
    log.warn({ server: line.primary }, 'Redis dropped subscriptions; subscribing again')
    keeper.soon()
  }

  /** Primaries come and go without a word to those who hear nothing of them: so all is put right each time, too. */
  const look = async (): Promise<void> => {
    const asked = primariesOf(deployment.command).map(answers)
    const compared = own.lines.all().map(remembers)
    await Promise.all([...asked, ...compared, keeper.settle()])
  }
  const timer = setInterval(faults.guard('redis.watch', look), WATCH_MS).unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
