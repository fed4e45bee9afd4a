import type { Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Conflate } from './conflate.ts'
import type { Message } from './message.ts'
import { createPaced, hasPace, type Paced } from './paced.ts'

export type QueuePorts = {
  /** What the client is called where a fault of it is told. */
  id: string
  faults: Faults
  conflate: Conflate
  now: () => number
}

const NOTHING: readonly Message[] = []

/**
 * What waits for one client: messages in order, and those of topics with a pace of their own until they are due.
 * `Outbox`, which sends it, extends this: both are one object.
 */
export abstract class Queue<Ports extends QueuePorts> {
  protected waiting = NOTHING
  protected bytes = 0
  /** Made where a topic first has a pace of its own: most clients never ask for one. */
  protected paced: Paced | null = null
  /** How many bytes may wait. */
  protected readonly most: number
  protected readonly faults: Faults
  protected readonly now: () => number
  protected readonly ports: Ports

  constructor(most: number, ports: Ports) {
    this.most = most
    this.faults = ports.faults
    this.now = ports.now
    this.ports = ports
  }

  /** Something may be sent now. */
  protected abstract wake(): void
  /** A fault of this client's own. */
  protected abstract end(): void

  /** Changes how a topic is watched. */
  tune(topic: Topic, tuning: Tuning): void {
    if (this.paced === null && !hasPace(tuning)) return
    for (const message of this.pace().tune(topic, tuning)) if (this.add(message) === 1) this.wake()
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

  /** Bytes that may still wait. */
  room(): number {
    return this.most - this.heldBytes()
  }

  isHalfFull(): boolean {
    return this.room() < this.most / 2
  }

  /** Returns how many messages wait now. */
  protected add(message: Message): number {
    this.bytes += message.text.length
    if (this.waiting.length > 0) return (this.waiting as Message[]).push(message)
    this.waiting = [message]
    return 1
  }

  protected heldBytes(): number {
    return this.paced === null ? this.bytes : this.bytes + this.paced.bytes()
  }

  protected pace(): Paced {
    const guard = (run: () => void): (() => void) =>
      this.faults.guard('client.wake', run, () => this.end(), this.ports.id)
    this.paced ??= createPaced(this.ports.conflate, this.now, () => this.wake(), guard)
    return this.paced
  }

  /** Takes out what waits, without what is not due. */
  protected empty(): readonly Message[] {
    const { waiting } = this
    this.waiting = NOTHING
    this.bytes = 0
    return waiting
  }

  /** Takes out everything. */
  protected clear(): readonly Message[] {
    return [...this.empty(), ...(this.paced?.clear() ?? [])]
  }
}
