import type { Socket } from 'socket.io'
import type { Sent } from '../../../wire/commands.ts'
import type { DeviceToNode, NodeToDevice, Shutdown } from '../../../wire/device-door.ts'
import { type FrameWriter, frameWriter } from '../../live/frame-writer.ts'
import type { Limit } from '../../live/limit.ts'
import type { Work } from '../../live/work.ts'
import type { DeviceConnection } from '../ports.ts'

export type DeviceSocket = Socket<DeviceToNode, NodeToDevice>

/** The events that devices may send. */
export const DEVICE_EVENTS = ['report', 'answer'] as const satisfies (keyof DeviceToNode)[]

/** What this process may hold of commands for a device that does not take them, in bytes. */
const MOST_BACKLOG = 256 * 1024
/** Reports and answers of one device that may wait for Redis. */
const MOST_UNDER_WAY = 8

/** One connected device. A class, as whatever there are thousands of: closures would cost more. */
export class SocketDevice {
  readonly id: string
  readonly work: Work
  /** What delivers its commands, once it is there. */
  connection: DeviceConnection | null = null
  private readonly socket: DeviceSocket
  private readonly writer: FrameWriter
  private readonly limit: Limit
  private readonly now: () => number
  private underWay = 0

  /** `now`: the clock that the device is told, Unix milliseconds. */
  constructor(id: string, socket: DeviceSocket, work: Work, limit: Limit, now: () => number) {
    this.id = id
    this.socket = socket
    this.work = work
    this.limit = limit
    this.now = now
    this.writer = frameWriter(socket)
  }

  greet(node: string): void {
    this.socket.emit('hello', { node, at: this.now() })
  }

  deliver(commands: readonly Sent[]): void {
    if (this.writer.backlog() > MOST_BACKLOG) this.cut()
    else this.socket.emit('commands', { at: this.now(), commands })
  }

  tell(notice: Shutdown): void {
    this.socket.emit('notice', notice)
  }

  /** Counts one more request. Returns whether it is allowed. */
  ask(): boolean {
    return this.limit.ask()
  }

  /** Returns whether one more of its requests may wait for Redis; {@link settled} is to be called for each that may. */
  begin(): boolean {
    if (this.underWay >= MOST_UNDER_WAY) return false
    this.underWay++
    return true
  }

  settled(): void {
    this.underWay--
  }

  /** Ends the connection at once. */
  cut(): void {
    this.writer.terminate()
  }

  close(): void {
    this.work.forget()
    this.connection?.close()
  }
}
