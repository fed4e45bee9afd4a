import type { Cursor, Gap } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Place } from '../faults.ts'
import type { Count } from './events.ts'
import type { Flusher, Sender } from './flusher.ts'
import { eventFrame, type Frame, updatesFrame } from './frame.ts'
import type { FrameOf } from './frame-cache.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { Message } from './message.ts'
import { Queue, type QueuePorts } from './queue.ts'
import type { Sent } from './sent.ts'
import { createStall, keptUp, type Slowness, type Stall, slower, slownessFrame } from './slow-client.ts'
import type { Watcher } from './watcher.ts'

/** What a node holds for one client at the most. */
export type OutboxCaps = {
  /** Bytes that the process may hold unsent in the connection before frames wait in the outbox. */
  backlogBytes: number
  /** Bytes that may wait in the outbox before the client's topics are let go, to be caught up with later. */
  waitingBytes: number
  /** How long a client may take nothing at all before it is dropped, in milliseconds. */
  stalledMs: number
}

export type OutboxPorts = QueuePorts & {
  writer: FrameWriter
  flusher: Flusher
  count: Count
  sent: Sent
  /** The client fell behind: let go of all its topics. `sent`: where it is in those that had messages waiting. */
  letGo: (sent: Map<Topic, Cursor>) => void
  /** It takes data again: catch up. */
  catchUp: () => void
  /** It took nothing for too long, or a fault of its own came between: ends the connection. */
  drop: () => void
}

/** `behind`: the client fell so far behind that its topics were let go. */
type Phase = 'open' | 'behind' | 'closed'

/**
 * Sends one client what waits for it: every message in order, one frame a flush, never more than the caps. A class,
 * unlike what is around it, so that a message finds all that it touches of a client in one object: of hundreds of
 * clients only a few get each message, what is theirs has left the processor's cache by then, and a closure for every
 * function is as many more places to fetch. Whatever fails in it costs this client its connection, and nobody else
 * anything.
 */
export class Outbox extends Queue<OutboxPorts> implements Watcher, Sender {
  marked = false
  private phase: Phase = 'open'
  private slowness: Slowness | null = null
  private stall: Stall | null = null
  private readonly writer: FrameWriter
  private readonly flusher: Flusher
  private readonly sent: Sent
  private readonly caps: OutboxCaps

  constructor(caps: OutboxCaps, ports: OutboxPorts) {
    super(caps.waitingBytes, ports)
    this.writer = ports.writer
    this.flusher = ports.flusher
    this.sent = ports.sent
    this.caps = caps
  }

  push(message: Message): void {
    if (this.phase !== 'open') return
    try {
      this.faults.inject?.('client.push', this.ports.id)
      if (!this.paced?.hold(message) && this.add(message) === 1) this.flusher.mark(this, message)
      const all = this.heldBytes()
      // One that is larger than the cap all by itself could never be sent otherwise.
      if (all > this.most && all > message.text.length) this.fallBehind()
    } catch (error) {
      this.fail('client.push', error)
    }
  }

  gap(gap: Gap): void {
    if (this.phase === 'closed') return
    try {
      this.ports.count(`gap_${gap.reason}`)
      this.write(eventFrame('gap', gap))
    } catch (error) {
      this.fail('client.push', error)
    }
  }

  /**
   * Sends one event after everything that waits. Its value is asked for once that is sent, and only if the client takes
   * data.
   */
  send(event: string, value: () => unknown): void {
    if (this.phase === 'closed') return
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
    if (this.phase === 'closed') return false
    try {
      return this.flushNow(frameOf)
    } catch (error) {
      this.fail('client.flush', error)
      return false
    }
  }

  /** Whether the client can be given nothing now: it fell behind and its topics were let go, or it is gone. */
  behind(): boolean {
    return this.phase !== 'open'
  }

  close(): void {
    this.phase = 'closed'
    this.empty()
    this.paced?.close()
    this.paced = null
  }

  protected wake(): void {
    this.flusher.mark(this)
  }

  protected end(): void {
    this.close()
    this.ports.drop()
  }

  private flushNow(frameOf: FrameOf): boolean {
    this.faults.inject?.('client.flush', this.ports.id)
    if (this.writer.backlog() > this.caps.backlogBytes) return this.waitForIt()
    this.stall = null
    if (this.slowness !== null && keptUp(this.slowness, this.now())) this.speedUp()
    if (this.paced !== null) for (const message of this.paced.take(this.now())) this.add(message)
    if (this.waiting.length > 0) {
      this.sent.deliveries += this.waiting.length
      this.write(frameOf(this.empty()))
    }
    if (this.phase === 'behind') this.resume()
    return false
  }

  /** A fault of this client's own. */
  private fail(at: Place, error: unknown): void {
    this.faults.caught(at, error, this.ports.id)
    this.end()
  }

  private write(frame: Frame): void {
    this.sent.frames++
    this.sent.bytes += frame.length
    this.writer.write(frame)
  }

  /** It fell behind and takes data again: less from now on, and then what it missed. */
  private resume(): void {
    this.slowness = slower(this.slowness, this.now())
    this.phase = 'open'
    this.pace().slow(this.slowness.rate)
    this.write(slownessFrame(this.slowness))
    this.ports.catchUp()
  }

  private speedUp(): void {
    this.slowness = null
    for (const message of this.pace().slow(null)) this.add(message)
    this.write(slownessFrame(null))
  }

  /** Over its backlog; as long as the client takes something it is only waited for. Returns whether it still is. */
  private waitForIt(): boolean {
    this.stall ??= createStall(this.writer, this.caps.stalledMs, this.now)
    if (!this.stall.lasts()) return true
    this.phase = 'closed'
    this.ports.count('ended_stalled')
    this.ports.drop()
    return false
  }

  private fallBehind(): void {
    const sent = new Map<Topic, Cursor>()
    for (const { topic, epoch, after } of this.clear()) if (!sent.has(topic)) sent.set(topic, { epoch, seq: after })
    this.phase = 'behind'
    this.ports.count('slow')
    this.ports.letGo(sent)
  }
}
