import { eventFrame, type Frame } from './frame.ts'
import type { Message } from './message.ts'

/** Something that has messages to send. */
export type Sender = {
  /** Whether it is to be flushed; the flusher's own. */
  marked: boolean
  /** Sends what waits, as a frame made by `frameOf`; answers whether something still waits (the client does not take it). */
  flush: (frameOf: (messages: readonly Message[]) => Frame) => boolean
}

export type Flusher = {
  /** Marks a sender as having something to send; it is flushed once, however often it is marked. `message`: what just came for it. */
  mark: (sender: Sender, message?: Message) => void
  close: () => void
}

export type Pacing = {
  /** How many times as long as a flush took to wait at most before the next: more thrift, more latency. */
  share: number
  /** The longest such wait, in milliseconds. */
  maxMs: number
  /** The shortest time from the beginning of one flush to that of the next, in milliseconds. */
  minMs: number
  /** Called after each flush, with the time that it took, the wait before the next (ms), and the first message that came for it. */
  flushed?: (took: number, wait: number, oldest?: Message) => void
}

const STALLED_MS = 200

/**
 * How long to wait after a flush that took so long, in milliseconds: the more it took, the more times as long, up to the share. A short flush
 * merges little by waiting. (With the full share at once a node that is a third busy would fall into long waits after any hiccup, and stay there.)
 */
const waitAfter = (took: number, { share, maxMs }: Pacing): number => Math.min(took * Math.min(share, took), maxMs)

/**
 * One frame per client per flush. It paces itself: at once when idle, then it waits as many times as long as the last flush took
 * as `share` says, so that under load messages gather and frames get fewer.
 */
export const createFlusher = (pacing: Pacing, now: () => number = () => performance.now()): Flusher => {
  let marked: Sender[] = []
  const stalled = new Set<Sender>()
  let retry: NodeJS.Timeout | undefined
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  let notBefore = 0
  /** What the flush before took: one that was held up, by the system or by garbage, says nothing of the load. */
  let before = 0
  let oldest: Message | undefined

  const flush = (): void => {
    scheduled = false
    const started = now()
    const frameOf = frameCache()
    const senders = marked
    marked = []
    const first = oldest
    oldest = undefined
    for (const sender of senders) {
      sender.marked = false
      if (sender.flush(frameOf)) later(sender)
    }
    const took = now() - started
    const wait = Math.max(waitAfter(Math.min(took, before), pacing), pacing.minMs - took)
    before = took
    notBefore = started + took + wait
    pacing.flushed?.(took, wait, first)
  }

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

  const later = (sender: Sender): void => {
    stalled.add(sender)
    retry ??= setTimeout(() => {
      retry = undefined
      for (const sender of stalled) mark(sender)
      stalled.clear()
    }, STALLED_MS).unref()
  }

  return {
    mark,
    close: () => {
      clearTimeout(retry)
      clearTimeout(timer)
      scheduled = true
    },
  }
}

/** Frames by the messages in them: clients that watch the same set share the whole frame of a flush. */
const frameCache = (): ((messages: readonly Message[]) => Frame) => {
  const frames = new Map<Message, { messages: readonly Message[]; frame: Frame }[]>()
  return (messages) => {
    const [first] = messages
    if (first === undefined) return ''
    const alike = frames.get(first) ?? []
    const shared = alike.find((candidate) => same(candidate.messages, messages))
    if (shared) return shared.frame
    const made = { messages, frame: updatesFrame(messages) }
    if (alike.length < MOST_ALIKE) alike.push(made)
    if (alike.length === 1) frames.set(first, alike)
    return made.frame
  }
}

/** The frame of the event that carries updates. */
export const updatesFrame = (messages: readonly Message[]): Frame => {
  let segments = messages[0]?.text ?? ''
  for (let i = 1; i < messages.length; i++) segments += `,${messages[i]?.text}`
  return eventFrame('updates', `[${segments}]`)
}

const MOST_ALIKE = 4

const same = (a: readonly Message[], b: readonly Message[]): boolean => {
  if (a.length !== b.length) return false
  for (let i = a.length - 1; i > 0; i--) if (a[i] !== b[i]) return false
  return true
}
