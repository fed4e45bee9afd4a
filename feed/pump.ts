import { within } from '../redis/within.ts'
import { createInFlight } from './in-flight.ts'
import { createWaiters, type Waiters } from './waiters.ts'

/** What a pump sends, and when it may. */
export type Source = {
  /** Sends the next batch, and resolves when it is answered; null where nothing waits. */
  next: () => Promise<void> | null
  /** Nothing may be sent now: it would be in vain. */
  isHeld: () => boolean
  /** So much waits that nothing is gained by letting more gather. */
  isBehind: () => boolean
  /** Nothing waits, and nothing is under way. */
  isIdle: () => boolean
  /** Trades and fixes not answered yet. */
  waiting: () => number
  /** A batch was answered. */
  onAnswered: () => void
}

/** Sends what waits, batch by batch: a little later, so that more gathers, or at once. */
export type Pump = {
  /** Something was published. */
  schedule: () => void
  /** Sends now. */
  run: () => void
  drained: Waiters['wait']
  /** Sends what waits, for at most `limit` milliseconds, and then nothing any more. */
  stop: (limit: number) => Promise<void>
  /** Still sends, and has not begun to stop. */
  isOpen: () => boolean
  hasStopped: () => boolean
}

/** `gather`: milliseconds over which items of a symbol or device gather into one call. */
export const createPump = (source: Source, gather: number): Pump => {
  let timer: NodeJS.Timeout | null = null
  let state: 'open' | 'stopping' | 'stopped' = 'open'
  const inFlight = createInFlight(() => run())
  const isIdle = () => inFlight.isEmpty() && source.isIdle()
  const waiters = createWaiters((most) => (most === 0 ? isIdle() : source.waiting() <= most))

  const start = async (batch: Promise<void>) => {
    await inFlight.add(batch)
    source.onAnswered()
    waiters.wake()
    if (state !== 'open' || source.isBehind()) run()
    else schedule()
  }

  const run = () => {
    while (state !== 'stopped' && !source.isHeld() && !inFlight.isFull()) {
      const batch = source.next()
      if (batch === null) return
      void start(batch)
    }
  }

  const schedule = () => {
    if (timer !== null || source.isHeld() || isIdle()) return
    timer = setTimeout(() => {
      timer = null
      run()
    }, gather)
  }

  return {
    schedule,
    run,
    drained: waiters.wait,
    stop: async (limit) => {
      state = 'stopping'
      run()
      await within(limit, waiters.wait(0), () => {})
      state = 'stopped'
      if (timer !== null) clearTimeout(timer)
    },
    isOpen: () => state === 'open',
    hasStopped: () => state === 'stopped',
  }
}
