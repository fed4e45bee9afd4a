import type { Command, Sent } from '../../wire/commands.ts'
import { RETRY_MS, type Send } from './sending.ts'

/** What could not be asked of Redis is asked again after so long, in milliseconds. */
const AGAIN_MS = 1000

export type CommandSendingPorts = {
  send: Send
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  /** Runs what is guarded: a fault costs nothing but the try. */
  run: (work: { run: () => Promise<void> }) => void
}

/**
 * Has the commands of one connected device sent, one call at a time. A class, as whatever there are thousands of:
 * closures would cost more.
 */
export class CommandSending {
  private readonly ports: CommandSendingPorts
  private readonly id: string
  private readonly deliver: (commands: readonly Sent[]) => void
  /** Called where something is left to be done by the clock. */
  private readonly stir: () => void
  /** Commands that were sent, and that the device has not acknowledged; null for none. */
  private unanswered: Set<string> | null = null
  /** How long ago something must have been sent to go out again, in the next call; null: none is needed. */
  private wanted: number | null = null
  private nextAt = 0
  private sending = false
  private closed = false

  constructor(ports: CommandSendingPorts, id: string, deliver: (commands: readonly Sent[]) => void, stir: () => void) {
    this.ports = ports
    this.id = id
    this.deliver = deliver
    this.stir = stir
  }

  /** Sends what may go out; also what was sent so long ago and is not acknowledged. */
  send(retryMs: number): void {
    this.wanted = Math.min(this.wanted ?? retryMs, retryMs)
    this.stir()
    if (!this.sending && !this.closed) this.ports.run(this)
  }

  /** Takes what the topic tells of commands: those that are queued are sent. */
  note(commands: readonly Command[]): void {
    for (const { id, state } of commands) {
      if (state === 'sent') this.await(id)
      else this.unanswered?.delete(id)
    }
    if (commands.some(({ state }) => state === 'queued')) this.send(RETRY_MS)
  }

  /** What was known of commands is not right any more. */
  forget(): void {
    this.unanswered = null
  }

  /** Sends again what is due. Returns whether anything is left to be done. */
  tick(): boolean {
    const isOpen = this.wanted !== null || (this.unanswered?.size ?? 0) > 0
    if (isOpen && this.ports.now() >= this.nextAt) this.send(RETRY_MS)
    return isOpen
  }

  close(): void {
    this.closed = true
  }

  async run(): Promise<void> {
    this.sending = true
    try {
      while (this.wanted !== null && !this.closed) {
        const retryMs = this.wanted
        this.wanted = null
        if (!(await this.sendOnce(retryMs))) return
      }
    } finally {
      this.sending = false
    }
  }

  /** Returns false where Redis is away: the clock tries again. */
  private async sendOnce(retryMs: number): Promise<boolean> {
    const commands = await this.ports.send(this.id, retryMs).catch(() => null)
    this.nextAt = this.ports.now() + (commands === null ? AGAIN_MS : RETRY_MS)
    if (commands === null) {
      this.wanted = Math.min(this.wanted ?? retryMs, retryMs)
      return false
    }
    for (const { id } of commands) this.await(id)
    if (commands.length > 0 && !this.closed) this.deliver(commands)
    return true
  }

  private await(command: string): void {
    this.unanswered ??= new Set()
    this.unanswered.add(command)
    this.stir()
  }
}
