import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { clamp } from '../../wire/clamp.ts'
import type { Steps } from '../live/work.ts'
import type { Allowance, Allowances } from './allowance.ts'
import { createTasks, type Tasks } from './tasks.ts'

/** Why a connection was ended: it did not join, left a message unfinished, or owed work for too long. */
export type Cut = 'silent' | 'unfinished' | 'work'

/** Makes of a function one whose faults cost this connection, and nobody else anything. */
export type Guard = <A extends unknown[]>(run: (...args: A) => unknown) => (...args: A) => void

export type VisitorPorts = {
  address: string
  webSocket: WebSocket
  connection: Socket
  /** What it may cost, and what all connections of its address may. */
  own: Allowance
  addresses: Allowances
  /** CPU time of this thread so far, in milliseconds. */
  cpu: () => number
  cut: (reason: Cut) => void
  guard: Guard
}

/**
 * What the system does for each piece that is read, for each byte of it, and Socket.IO for each message, in
 * milliseconds.
 */
const PIECE_MS = 0.01
const BYTE_MS = 2.5e-6
const MESSAGE_MS = 0.005
/** A watched topic after the request: to read it, or to look where the client is. */
const TOPIC_MS = 0.1
/** To connect, from the handshake to the greeting; the address pays for it. */
export const ENTRY_MS = 1
/** What is done of a request before everybody else has a turn: with a topic in each step, a quarter of a millisecond. */
const STEPS_AT_ONCE = 8
const REST_MS = 2
/**
 * Nobody else has a turn while a piece is done. One that takes longer than this, in milliseconds, costs its square: for
 * 5% of a core somebody may send fifty messages a second that take a millisecond each, or one that takes seven. But no
 * more than eight times what it took: garbage of others may have been collected meanwhile.
 */
const LONG_MS = 1
const MOST_TIMES = 8
const priceOf = (ms: number): number => ms * clamp(ms / LONG_MS, 1, MOST_TIMES)
/** Paid in advance by whoever goes on after a wait, so that those who wait for one address go on in turn. */
const RESUME_MS = 1

/**
 * A connection is cut after so many sweeps, one a second, in which it did not join, finish, or get out of debt. Counted
 * by sweeps, not by a clock: a node that was held up does not blame those who wait.
 */
const SILENT_SWEEPS = 5
const UNFINISHED_SWEEPS = 10
const OWING_SWEEPS = 20

/** A ping's or pong's frame besides what it carries. Source: RFC 6455, 5.2 and 5.5. */
const CONTROL_FRAME_BYTES = 6

/**
 * One WebSocket connection and what it costs. Whatever it sends counts, by the CPU time that handling it took. While it
 * or its address owes, its connection is not read: what it sends waits in the system, and what it is sent goes on.
 */
export class Visitor {
  readonly address: string
  private readonly ports: VisitorPorts
  private readonly tasks: Tasks
  hasJoined = false
  private paused: NodeJS.Timeout | null = null
  private measuring = false
  /** Bytes that had been read when the last message was whole. */
  private whole: number
  private silent = 0
  private unfinished = 0
  private owing = 0
  /** Whether it has owed something itself since the last sweep. */
  private owed = false

  constructor(ports: VisitorPorts) {
    const { webSocket, connection, cpu, guard } = ports
    this.ports = ports
    this.address = ports.address
    this.whole = connection.bytesRead
    this.tasks = createTasks({
      atOnce: STEPS_AT_ONCE,
      measured: (piece) => this.measured(piece),
      mayGoOn: () => this.paused === null,
      later: (run) => {
        const goOn = guard(run)
        setTimeout(goOn, REST_MS)
      },
      done: () => this.readOn(),
    })
    let from = 0
    // Before and after WebSocket's own listener, which does all that a piece leads to but the events' handlers.
    const begin = guard(() => {
      from = cpu()
    })
    const end = guard(({ length }: Buffer) => this.spend(priceOf(cpu() - from) + PIECE_MS + length * BYTE_MS))
    connection.prependListener('data', begin)
    connection.on('data', end)
    const message = guard(() => {
      this.whole = connection.bytesRead
      this.unfinished = 0
      this.spend(MESSAGE_MS)
    })
    const control = guard(({ length }: Buffer): void => {
      this.whole = Math.min(this.whole + CONTROL_FRAME_BYTES + length, connection.bytesRead)
    })
    const close = guard(() => {
      this.stopWaiting()
      this.forget()
    })
    webSocket.on('message', message).on('ping', control).on('pong', control).on('close', close)
  }

  /** Does a piece of its work, and has it pay for it. */
  measured<T>(work: () => T): T {
    if (this.measuring) return work()
    const from = this.ports.cpu()
    this.measuring = true
    try {
      return work()
    } finally {
      this.measuring = false
      this.spend(priceOf(this.ports.cpu() - from))
    }
  }

  topic(): void {
    this.spend(TOPIC_MS)
  }

  /** Does what it asked for, after all that it asked for before. Until then nothing more is read from it. */
  perform(steps: Steps): void {
    this.tasks.add(steps)
    if (this.tasks.busy()) this.ports.webSocket.pause()
  }

  /** Does nothing more of what it asked for. */
  forget(): void {
    this.tasks.close()
  }

  private spend(ms: number): void {
    const { own, addresses, address } = this.ports
    own.spend(ms)
    addresses.spend(address, ms)
    this.waitForDebt()
  }

  /** Once a second. */
  sweep(): void {
    const { connection, own, cut } = this.ports
    this.owing = this.owed ? this.owing + 1 : Math.max(this.owing - 1, 0)
    this.owed = own.wait() > 0
    // One that has to wait cannot finish what it began.
    if (this.owing === 0 && this.paused === null && !this.tasks.busy())
      this.unfinished = connection.bytesRead > this.whole ? this.unfinished + 1 : 0
    if (!this.hasJoined && ++this.silent > SILENT_SWEEPS) cut('silent')
    else if (this.unfinished > UNFINISHED_SWEEPS) cut('unfinished')
    else if (this.owing > OWING_SWEEPS) cut('work')
  }

  private waitForDebt(): void {
    const { own, addresses, address, webSocket } = this.ports
    if (this.paused !== null || webSocket.readyState > webSocket.OPEN) return
    const [debt, common] = [own.wait(), addresses.wait(address)]
    if (debt > 0) this.owed = true
    const wait = Math.max(debt, common)
    if (wait === 0) return
    webSocket.pause()
    const goOn = this.ports.guard(() => this.goOn())
    this.paused = setTimeout(goOn, wait)
  }

  private goOn(): void {
    const { addresses, address } = this.ports
    this.stopWaiting()
    this.waitForDebt()
    if (this.paused !== null) return
    addresses.spend(address, RESUME_MS)
    this.readOn()
    this.tasks.goOn()
  }

  private readOn(): void {
    if (this.paused === null && !this.tasks.busy()) this.ports.webSocket.resume()
  }

  private stopWaiting(): void {
    if (this.paused !== null) clearTimeout(this.paused)
    this.paused = null
  }
}
