import type { Faults } from '../faults.ts'
import { type FrameOf, frameCache } from './frame-cache.ts'
import { createLoad } from './load.ts'
import type { Message } from './message.ts'
import type { Sent } from './sent.ts'

/** Something that has messages to send. */
export type Sender = {
  /** Whether it is to be flushed; the flusher's own. */
  marked: boolean
  /**
   * Sends what waits, as a frame made by `frameOf`. Returns whether something still waits because the client does not
   * take it. Never throws.
   */
  flush: (frameOf: FrameOf) => boolean
}

export type Flusher = {
  /**
   * Marks a sender as having something to send; it is flushed once, however often it is marked. `message`: what just
   * came for it.
   */
  mark: (sender: Sender, message?: Message) => void
  close: () => void
}

export type Pacing = {
  /**
   * How long to wait after a flush under full load, in multiples of the time that it took; under less load less. More
   * saves work and adds latency.
   */
  share: number
  /** The longest such wait, in milliseconds. */
  maxMs: number
  /** The shortest time from the beginning of one flush to that of the next, in milliseconds. */
  minMs: number
  /** What all senders have sent so far, as they count it. */
  sent: Readonly<Sent>
  faults: Faults
  /**
   * Called after each flush, with the time that it took, the wait before the next (ms), and the first message that came
   * for it.
   */
  flushed?: (took: number, wait: number, oldest?: Message) => void
}

const STALLED_MS = 200
const AFTER_FAULT_MS = 50

/**
 * One frame per client per flush, joined by frame.ts. It paces itself: at once when idle; the more there is to send,
 * the longer it waits after a flush, so that messages gather and frames get fewer.
 */
export const createFlusher = (pacing: Pacing, now: () => number = () => performance.now()): Flusher => {
  let marked: Sender[] = []
  const load = createLoad()
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  let notBefore = 0
  /** What the flush before took: one that was held up, by the system or by garbage, says nothing of the load. */
  let before = 0
  let oldest: Message | undefined

  const flushAll = (): void => {
    scheduled = false
    const started = now()
    const { frames, deliveries } = pacing.sent
    const frameOf = frameCache()
    const senders = marked
    marked = []
    const first = oldest
    oldest = undefined
    for (const sender of senders) {
      sender.marked = false
      if (sender.flush(frameOf)) stalled.add(sender)
    }
    const took = now() - started
    const usual = Math.min(took, before)
    before = took
    const { sent, share, maxMs, minMs } = pacing
    load.add({ started, took: usual, frames: sent.frames - frames, deliveries: sent.deliveries - deliveries })
    const wait = Math.max(Math.min(usual * share * load.share(), maxMs), minMs - took)
    notBefore = started + took + wait
    pacing.flushed?.(took, wait, first)
  }

  /** What it did not come to waits for the next one; a fault that comes with every flush must not fill the core. */
  const flush = pacing.faults.guard('flush', flushAll, () => {
    scheduled = false
    notBefore = now() + AFTER_FAULT_MS
    schedule()
  })

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    const wait = notBefore - now()
    if (wait <= 0) setImmediate(flush)
    else timer = setTimeout(flush, wait)
  }

  const mark = (sender: Sender, message?: Message): void => {
    oldest ??= message
    if (sender.marked) return
    sender.marked = true
    marked.push(sender)
    schedule()
  }

  const stalled = createStalled(mark, pacing.faults)

  return {
    mark,
    close: () => {
      stalled.close()
      clearTimeout(timer)
      scheduled = true
    },
  }
}

/** Senders whose clients do not take what waits: they are marked again after a while. */
const createStalled = (mark: (sender: Sender) => void, faults: Faults) => {
  const senders = new Set<Sender>()
  let retry: NodeJS.Timeout | undefined

  const tryAgain = (): void => {
    retry = undefined
    for (const sender of senders) mark(sender)
    senders.clear()
  }

  return {
    add: (sender: Sender): void => {
      senders.add(sender)
      retry ??= setTimeout(faults.guard('flush', tryAgain, tryAgain), STALLED_MS).unref()
    },
    close: (): void => clearTimeout(retry),
  }
}
