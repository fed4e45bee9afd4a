import type { Cursor, Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Conflate } from './conflate.ts'
import { type Flusher, type Sender, updatesFrame } from './flusher.ts'
import { eventFrame, type Frame, type FrameWriter } from './frame.ts'
import type { Message } from './message.ts'
import { createPaced } from './paced.ts'
import type { Count, Sent, Watcher } from './ports.ts'

export type OutboxCaps = {
  /** Bytes that the process may hold unsent in the connection before frames wait in the outbox. */
  backlogBytes: number
  /** Bytes that may wait in the outbox before the client's topics are let go, to be caught up with later. */
  waitingBytes: number
  /** How long a client may take nothing at all before it is dropped, in milliseconds. */
  stalledMs: number
}

/** Frames a second for a client that fell behind: halved each time that it does so again, until it kept up for so long. */
const SLOW_RATE = 2
const SLOWEST_RATE = 0.25
const CALM_MS = 30_000

export type Outbox = Watcher & {
  /** Sends one event after everything that waits; its JSON is asked for once that is sent, and only if the client takes data. */
  send: (event: string, args: () => string) => void
  tune: (topic: Topic, tuning: Tuning) => void
  /** Throws away what waits of a topic: the client no longer watches it. */
  forget: (topic: Topic) => void
  /** Whether messages of a topic are held back until they are due. */
  holds: (topic: Topic) => boolean
  /** Whether the client fell so far behind that its topics were let go. */
  behind: () => boolean
  /** Bytes that may still wait. */
  room: () => number
  isHalfFull: () => boolean
  close: () => void
}

export type OutboxPorts = {
  writer: FrameWriter
  flusher: Flusher
  conflate: Conflate
  count: Count
  sent: Sent
  now: () => number
  /** The client fell behind: let go of all its topics; these cursors say what was sent of those that had messages waiting. */
  letGo: (sent: Map<Topic, Cursor>) => void
  /** It takes data again: catch up. */
  catchUp: () => void
  /** It took nothing for too long. */
  drop: () => void
}

/** What waits for one client: every message in order, one frame a flush, never more than the caps. */
export const createOutbox = (caps: OutboxCaps, ports: OutboxPorts): Outbox => {
  const { writer, flusher, sent, now } = ports
  const paced = createPaced(ports.conflate, now)
  let waiting: Message[] = []
  let bytes = 0
  let stalledSince = 0
  let lastLeft = 0
  let fellBehind = false
  let closed = false
  let timer: NodeJS.Timeout | null = null
  let wakesAt = 0
  let slow: { rate: number; since: number } | null = null

  const room = (): number => caps.waitingBytes - bytes - paced.bytes()

  const write = (frame: Frame): void => {
    sent.frames++
    sent.bytes += frame.length
    writer.write(frame)
  }

  const tellSlow = (rate: number | null): void => write(eventFrame('notice', JSON.stringify({ kind: 'slowed', rate })))

  /** It fell behind and takes data again: less from now on, and then what it missed. */
  const resume = (): void => {
    const rate = slow ? Math.max(slow.rate / 2, SLOWEST_RATE) : SLOW_RATE
    slow = { rate, since: now() }
    fellBehind = false
    paced.slow(rate)
    tellSlow(rate)
    ports.catchUp()
  }

  const speedUp = (): void => {
    slow = null
    waiting.push(...paced.slow(null))
    tellSlow(null)
  }

  /** Over its backlog; as long as the client takes something it is only waited for. */
  const stalled = (): boolean => {
    const at = now()
    const left = writer.left()
    if (stalledSince === 0 || left < lastLeft) stalledSince = at
    lastLeft = left
    if (at - stalledSince > caps.stalledMs) {
      closed = true
      ports.count('terminated')
      ports.drop()
    }
    return !closed
  }

  const fallBehind = (): void => {
    const sent = new Map<Topic, Cursor>()
    for (const { topic, epoch, after } of [...waiting, ...paced.clear()])
      if (!sent.has(topic)) sent.set(topic, { epoch, seq: after })
    waiting = []
    bytes = 0
    fellBehind = true
    ports.count('slow')
    ports.letGo(sent)
  }

  /** What is held comes due without anything new arriving. */
  const wakeAt = (due: number): void => {
    if (timer !== null && wakesAt <= due) return
    if (timer !== null) clearTimeout(timer)
    wakesAt = due
    timer = setTimeout(
      () => {
        timer = null
        flusher.mark(sender)
      },
      Math.max(due - now(), 0),
    ).unref()
  }

  const sender: Sender = {
    marked: false,
    flush: (frameOf) => {
      if (closed) return false
      if (writer.backlog() > caps.backlogBytes) return stalled()
      stalledSince = 0
      if (slow && now() - slow.since > CALM_MS) speedUp()
      if (!paced.isEmpty()) for (const message of paced.take(now())) waiting.push(message)
      if (waiting.length > 0) {
        sent.deliveries += waiting.length
        write(frameOf(waiting))
        waiting = []
        bytes = 0
      }
      const due = paced.nextDue()
      if (due !== null) wakeAt(due)
      if (fellBehind) resume()
      return false
    },
  }

  return {
    push: (message) => {
      if (fellBehind || closed) return
      const due = paced.hold(message)
      if (due !== null) wakeAt(due)
      else {
        bytes += message.text.length
        if (waiting.push(message) === 1) flusher.mark(sender, message)
      }
      // One that is larger than the cap all by itself could never be sent otherwise.
      const all = bytes + paced.bytes()
      if (all > caps.waitingBytes && all > message.text.length) fallBehind()
    },
    gap: (gap) => {
      if (closed) return
      ports.count(`gap_${gap.reason}`)
      write(eventFrame('gap', JSON.stringify(gap)))
    },
    send: (event, args) => {
      if (closed) return
      // Though nothing waits for it here, it may have asked for more than it takes.
      if (writer.backlog() > caps.backlogBytes) return flusher.mark(sender)
      sender.flush(updatesFrame)
      if (!closed) write(eventFrame(event, args()))
    },
    tune: (topic, tuning) => {
      const held = paced.tune(topic, tuning)
      if (held.length > 0 && waiting.push(...held) === held.length) flusher.mark(sender)
    },
    forget: (topic) => {
      paced.tune(topic, {})
      waiting = waiting.filter((message) => message.topic !== topic)
      bytes = waiting.reduce((sum, { text }) => sum + text.length, 0)
    },
    holds: paced.holds,
    behind: () => fellBehind,
    room,
    isHalfFull: () => room() < caps.waitingBytes / 2,
    close: () => {
      closed = true
      waiting = []
      paced.clear()
      if (timer) clearTimeout(timer)
    },
  }
}
