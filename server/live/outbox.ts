import type { Cursor, Gap, Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Conflate } from './conflate.ts'
import { type Flusher, type FrameOf, type Sender, updatesFrame } from './flusher.ts'
import { eventFrame, type Frame, type FrameWriter } from './frame.ts'
import type { Message } from './message.ts'
import { createPaced, hasPace, type Paced } from './paced.ts'
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
export const createOutbox = (caps: OutboxCaps, ports: OutboxPorts): Outbox => new ClientOutbox(caps, ports)

const NOTHING: readonly Message[] = []

/**
 * A class, unlike what is around it, so that a message finds all that it touches of a client in one object: of hundreds of clients only a few
 * get each message, what is theirs has left the processor's cache by then, and a closure for every function is as many more places to fetch.
 */
class ClientOutbox implements Outbox, Sender {
  marked = false
  private fellBehind = false
  private closed = false
  private waiting = NOTHING
  private bytes = 0
  private stalledSince = 0
  private slow: { rate: number; since: number } | null = null
  private readonly writer: FrameWriter
  /** Made where a topic first has a pace of its own: most clients never ask for one. */
  private paced: Paced | null = null
  private readonly flusher: Flusher
  private readonly sent: Sent
  private readonly now: () => number
  private readonly caps: OutboxCaps
  private readonly ports: OutboxPorts
  private lastLeft = 0
  private timer: NodeJS.Timeout | null = null
  private wakesAt = 0

  constructor(caps: OutboxCaps, ports: OutboxPorts) {
    const { writer, flusher, sent, now } = ports
    this.writer = writer
    this.flusher = flusher
    this.sent = sent
    this.now = now
    this.caps = caps
    this.ports = ports
  }

  push(message: Message): void {
    if (this.fellBehind || this.closed) return
    const due = this.paced === null ? null : this.paced.hold(message)
    if (due !== null) this.wakeAt(due)
    else if (this.add(message) === 1) this.flusher.mark(this, message)
    const all = this.held()
    // One that is larger than the cap all by itself could never be sent otherwise.
    if (all > this.caps.waitingBytes && all > message.text.length) this.fallBehind()
  }

  gap(gap: Gap): void {
    if (this.closed) return
    this.ports.count(`gap_${gap.reason}`)
    this.write(eventFrame('gap', JSON.stringify(gap)))
  }

  send(event: string, args: () => string): void {
    if (this.closed) return
    // Though nothing waits for it here, it may have asked for more than it takes.
    if (this.writer.backlog() > this.caps.backlogBytes) {
      this.flusher.mark(this)
      return
    }
    this.flush(updatesFrame)
    if (!this.closed) this.write(eventFrame(event, args()))
  }

  flush(frameOf: FrameOf): boolean {
    if (this.closed) return false
    if (this.writer.backlog() > this.caps.backlogBytes) return this.stalled()
    this.stalledSince = 0
    if (this.slow && this.now() - this.slow.since > CALM_MS) this.speedUp()
    if (this.paced !== null) for (const message of this.paced.take(this.now())) this.add(message)
    const { waiting } = this
    if (waiting.length > 0) {
      this.sent.deliveries += waiting.length
      this.waiting = NOTHING
      this.bytes = 0
      this.write(frameOf(waiting))
    }
    const due = this.paced === null ? null : this.paced.nextDue()
    if (due !== null) this.wakeAt(due)
    if (this.fellBehind) this.resume()
    return false
  }

  tune(topic: Topic, tuning: Tuning): void {
    if (this.paced === null && !hasPace(tuning)) return
    for (const message of this.pace().tune(topic, tuning)) if (this.add(message) === 1) this.flusher.mark(this)
  }

  forget(topic: Topic): void {
    this.paced?.tune(topic, {})
    const { waiting } = this
    this.waiting = NOTHING
    this.bytes = 0
    for (const message of waiting) if (message.topic !== topic) this.add(message)
  }

  holds(topic: Topic): boolean {
    return this.paced?.holds(topic) ?? false
  }

  behind(): boolean {
    return this.fellBehind
  }

  room(): number {
    return this.caps.waitingBytes - this.held()
  }

  isHalfFull(): boolean {
    return this.room() < this.caps.waitingBytes / 2
  }

  close(): void {
    this.closed = true
    this.waiting = NOTHING
    this.paced?.clear()
    if (this.timer) clearTimeout(this.timer)
  }

  private pace(): Paced {
    this.paced ??= createPaced(this.ports.conflate, this.now)
    return this.paced
  }

  /** Bytes that wait. */
  private held(): number {
    return this.paced === null ? this.bytes : this.bytes + this.paced.bytes()
  }

  /** Answers how many messages wait now. */
  private add(message: Message): number {
    this.bytes += message.text.length
    if (this.waiting.length > 0) return (this.waiting as Message[]).push(message)
    this.waiting = [message]
    return 1
  }

  private write(frame: Frame): void {
    this.sent.frames++
    this.sent.bytes += frame.length
    this.writer.write(frame)
  }

  private tellSlow(rate: number | null): void {
    this.write(eventFrame('notice', JSON.stringify({ kind: 'slowed', rate })))
  }

  /** It fell behind and takes data again: less from now on, and then what it missed. */
  private resume(): void {
    const rate = this.slow ? Math.max(this.slow.rate / 2, SLOWEST_RATE) : SLOW_RATE
    this.slow = { rate, since: this.now() }
    this.fellBehind = false
    this.pace().slow(rate)
    this.tellSlow(rate)
    this.ports.catchUp()
  }

  private speedUp(): void {
    this.slow = null
    for (const message of this.pace().slow(null)) this.add(message)
    this.tellSlow(null)
  }

  /** Over its backlog; as long as the client takes something it is only waited for. */
  private stalled(): boolean {
    const at = this.now()
    const left = this.writer.left()
    if (this.stalledSince === 0 || left < this.lastLeft) this.stalledSince = at
    this.lastLeft = left
    if (at - this.stalledSince > this.caps.stalledMs) {
      this.closed = true
      this.ports.count('terminated')
      this.ports.drop()
    }
    return !this.closed
  }

  private fallBehind(): void {
    const sent = new Map<Topic, Cursor>()
    for (const { topic, epoch, after } of [...this.waiting, ...(this.paced?.clear() ?? [])])
      if (!sent.has(topic)) sent.set(topic, { epoch, seq: after })
    this.waiting = NOTHING
    this.bytes = 0
    this.fellBehind = true
    this.ports.count('slow')
    this.ports.letGo(sent)
  }

  /** What is held comes due without anything new arriving. */
  private wakeAt(due: number): void {
    if (this.timer !== null && this.wakesAt <= due) return
    if (this.timer !== null) clearTimeout(this.timer)
    this.wakesAt = due
    const wake = (): void => {
      this.timer = null
      this.flusher.mark(this)
    }
    this.timer = setTimeout(wake, Math.max(due - this.now(), 0)).unref()
  }
}
