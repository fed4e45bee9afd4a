import type { Cursor, Gap, Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults, Place } from '../faults.ts'
import type { Conflate } from './conflate.ts'
import { type Flusher, type FrameOf, type Sender, updatesFrame } from './flusher.ts'
import { eventFrame, type Frame, type FrameWriter } from './frame.ts'
import type { Message } from './message.ts'
import { createPaced, hasPace, type Paced } from './paced.ts'
import type { Count, OutboxCaps, Sent, Watcher } from './ports.ts'
import { keptUp, type Slowness, slower, slownessFrame } from './slowness.ts'
import { createStall, type Stall } from './stall.ts'

export type OutboxPorts = {
  /** What the client is called where a fault of it is told. */
  id: string
  faults: Faults
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
  /** It took nothing for too long, or a fault of its own came between: ends the connection. */
  drop: () => void
}

const NOTHING: readonly Message[] = []

/**
 * What waits for one client: every message in order, one frame a flush, never more than the caps. A class, unlike what is around it, so that
 * a message finds all that it touches of a client in one object: of hundreds of clients only a few get each message, what is theirs has left
 * the processor's cache by then, and a closure for every function is as many more places to fetch. Whatever fails in it costs this client
 * its connection, and nobody else anything.
 */
export class Outbox implements Watcher, Sender {
  marked = false
  private fellBehind = false
  private closed = false
  private waiting = NOTHING
  private bytes = 0
  private slowness: Slowness | null = null
  private stall: Stall | null = null
  private readonly writer: FrameWriter
  /** Made where a topic first has a pace of its own: most clients never ask for one. */
  private paced: Paced | null = null
  private readonly flusher: Flusher
  private readonly sent: Sent
  private readonly now: () => number
  private readonly caps: OutboxCaps
  private readonly faults: Faults
  private readonly ports: OutboxPorts

  constructor(caps: OutboxCaps, ports: OutboxPorts) {
    const { writer, flusher, sent, now, faults } = ports
    this.writer = writer
    this.flusher = flusher
    this.sent = sent
    this.now = now
    this.caps = caps
    this.faults = faults
    this.ports = ports
  }

  push(message: Message): void {
    if (this.fellBehind || this.closed) return
    try {
      this.faults.inject?.('client.push', this.ports.id)
      if (!this.paced?.hold(message) && this.add(message) === 1) this.flusher.mark(this, message)
      const all = this.heldBytes()
      // One that is larger than the cap all by itself could never be sent otherwise.
      if (all > this.caps.waitingBytes && all > message.text.length) this.fallBehind()
    } catch (error) {
      this.fail('client.push', error)
    }
  }

  gap(gap: Gap): void {
    if (this.closed) return
    try {
      this.ports.count(`gap_${gap.reason}`)
      this.write(eventFrame('gap', gap))
    } catch (error) {
      this.fail('client.push', error)
    }
  }

  /** Sends one event after everything that waits; what it tells is asked for once that is sent, and only if the client takes data. */
  send(event: string, value: () => unknown): void {
    if (this.closed) return
    try {
      // Though nothing waits for it here, it may have asked for more than it takes.
      if (this.writer.backlog() > this.caps.backlogBytes) this.flusher.mark(this)
      else {
        this.flushNow(updatesFrame)
        this.write(eventFrame(event, value()))
      }
    } catch (error) {
      this.fail('client.flush', error)
    }
  }

  flush(frameOf: FrameOf): boolean {
    if (this.closed) return false
    try {
      return this.flushNow(frameOf)
    } catch (error) {
      this.fail('client.flush', error)
      return false
    }
  }

  private flushNow(frameOf: FrameOf): boolean {
    this.faults.inject?.('client.flush', this.ports.id)
    if (this.writer.backlog() > this.caps.backlogBytes) return this.waitForIt()
    this.stall = null
    if (this.slowness !== null && keptUp(this.slowness, this.now())) this.speedUp()
    if (this.paced !== null) for (const message of this.paced.take(this.now())) this.add(message)
    const { waiting } = this
    if (waiting.length > 0) {
      this.sent.deliveries += waiting.length
      this.waiting = NOTHING
      this.bytes = 0
      this.write(frameOf(waiting))
    }
    if (this.fellBehind) this.resume()
    return false
  }

  tune(topic: Topic, tuning: Tuning): void {
    if (this.paced === null && !hasPace(tuning)) return
    for (const message of this.pace().tune(topic, tuning)) if (this.add(message) === 1) this.flusher.mark(this)
  }

  /** Throws away what waits of a topic: the client no longer watches it. */
  forget(topic: Topic): void {
    this.paced?.tune(topic, {})
    this.waiting = this.waiting.filter((message) => message.topic !== topic)
    this.bytes = this.waiting.reduce((sum, { text }) => sum + text.length, 0)
  }

  /** Whether messages of a topic are held back until they are due. */
  holds(topic: Topic): boolean {
    return this.paced?.holds(topic) ?? false
  }

  /** Whether the client fell so far behind that its topics were let go. */
  behind(): boolean {
    return this.fellBehind
  }

  /** Bytes that may still wait. */
  room(): number {
    return this.caps.waitingBytes - this.heldBytes()
  }

  isHalfFull(): boolean {
    return this.room() < this.caps.waitingBytes / 2
  }

  close(): void {
    this.closed = true
    this.waiting = NOTHING
    this.paced?.close()
    this.paced = null
  }

  private pace(): Paced {
    const wake = (): void => this.flusher.mark(this)
    const guard = (run: () => void): (() => void) =>
      this.faults.guard('client.wake', run, () => this.end(), this.ports.id)
    this.paced ??= createPaced(this.ports.conflate, this.now, wake, guard)
    return this.paced
  }

  private heldBytes(): number {
    return this.paced === null ? this.bytes : this.bytes + this.paced.bytes()
  }

  /** Answers how many messages wait now. */
  private add(message: Message): number {
    this.bytes += message.text.length
    if (this.waiting.length > 0) return (this.waiting as Message[]).push(message)
    this.waiting = [message]
    return 1
  }

  /** A fault of this client's own. */
  private fail(at: Place, error: unknown): void {
    this.faults.caught(at, error, this.ports.id)
    this.end()
  }

  private end(): void {
    this.close()
    this.ports.drop()
  }

  private write(frame: Frame): void {
    this.sent.frames++
    this.sent.bytes += frame.length
    this.writer.write(frame)
  }

  /** It fell behind and takes data again: less from now on, and then what it missed. */
  private resume(): void {
    this.slowness = slower(this.slowness, this.now())
    this.fellBehind = false
    this.pace().slow(this.slowness.rate)
    this.write(slownessFrame(this.slowness))
    this.ports.catchUp()
  }

  private speedUp(): void {
    this.slowness = null
    for (const message of this.pace().slow(null)) this.add(message)
    this.write(slownessFrame(null))
  }

  /** Over its backlog; as long as the client takes something it is only waited for. */
  private waitForIt(): boolean {
    this.stall ??= createStall(this.writer, this.caps.stalledMs, this.now)
    if (!this.stall.lasts()) return true
    this.closed = true
    this.ports.count('ended_stalled')
    this.ports.drop()
    return false
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
}
