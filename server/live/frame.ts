import type { EventEmitter } from 'node:events'
import type { Socket as NetSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { toBytes } from './bytes.ts'

/**
 * The one module that reaches under Socket.IO's public API, to write frames encoded once straight to the connection. It is held by
 * a contract test (test/integration/frame.test.ts) against engine.io 6.6 and ws 8, both pinned by the lock file.
 */
type OpenSocket = NetSocket & { _handle?: { writeQueueSize: number } | null }
type WebSocket = EventEmitter & { _socket?: OpenSocket | null; terminate: () => void }
type Transport = { socket?: WebSocket }
type Packet = { data?: string | Buffer; options?: { wsPreEncodedFrame?: Buffer[] } }
type Connection = {
  request: unknown
  readyState: string
  writeBuffer: Packet[]
  transport: Transport
  write: (data: string, options: { wsPreEncodedFrame: Buffer[]; compress: boolean }) => void
}

/** A whole WebSocket text frame as bytes in a string (latin1): header and payload. */
export type Frame = string

/** The frame of an event and what it tells. */
export const eventFrame = (event: string, value: unknown): Frame => frameOfBytes(event, toBytes(value))

/** The same of JSON that is bytes in a string (latin1) already. */
export const frameOfBytes = (event: string, json: string): Frame => {
  const payload = `42["${event}",${json}]`
  return header(payload.length) + payload
}

/** The header of an unmasked, final text frame. Source: RFC 6455, 5.2. */
const header = (length: number): string => {
  if (length < 126) return String.fromCharCode(0x81, length)
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 255)
  const high = Math.floor(length / 2 ** 32)
  return String.fromCharCode(
    0x81,
    127,
    ...[high, length % 2 ** 32].flatMap((word) => [
      (word >>> 24) & 255,
      (word >>> 16) & 255,
      (word >>> 8) & 255,
      word & 255,
    ]),
  )
}

export type FrameWriter = {
  /** Sends a frame after everything that was sent before it, Socket.IO's own packets included. */
  write: (frame: Frame) => void
  /** Bytes that this process holds for the client because the client does not take them. */
  backlog: () => number
  /** A number that falls whenever the client takes something of its backlog, a part of one large frame too. */
  left: () => number
  /**
   * Ends the connection at once, without what this process holds for it. A client that does not take what it is sent is reset: closed in
   * the usual way, the system would keep up to 4 MB for it for minutes, and offer them ever more rarely, before it hears that it is over.
   */
  terminate: () => void
}

/** Writes frames to one Socket.IO client (WebSocket transport from the start, no compression). */
export const frameWriter = (socket: Socket): FrameWriter => new SocketWriter(socket.conn as unknown as Connection)

class SocketWriter implements FrameWriter {
  private readonly connection: Connection
  private readonly net: OpenSocket | null

  constructor(connection: Connection) {
    this.connection = connection
    this.net = connection.transport.socket?._socket ?? null
  }

  write(frame: Frame): void {
    const { connection, net } = this
    if (connection.readyState !== 'open') return
    // What Engine.IO has not queued it has written.
    if (net !== null && connection.writeBuffer.length === 0) net.write(frame, 'latin1')
    else connection.write('', { wsPreEncodedFrame: [Buffer.from(frame, 'latin1')], compress: false })
  }

  backlog(): number {
    const { writeBuffer } = this.connection
    const own = this.net?.writableLength ?? 0
    return writeBuffer.length === 0 ? own : own + queued(writeBuffer)
  }

  left(): number {
    return (this.net?.writableLength ?? 0) + (this.net?._handle?.writeQueueSize ?? 0)
  }

  terminate(): void {
    if (this.net !== null && this.net.writableLength > 0) this.net.resetAndDestroy()
    this.connection.transport.socket?.terminate()
  }
}

/** Bytes that wait in Engine.IO: it queues whatever comes, frames too, while a packet of its own is not taken. */
const queued = (packets: Packet[]): number => {
  let bytes = 0
  for (const { data, options } of packets) bytes += options?.wsPreEncodedFrame?.[0]?.length ?? data?.length ?? 0
  return bytes
}

const NO_HANDSHAKE = {}

/**
 * Lets go of the HTTP request that opened a connection, some 5 KB that engine.io and two listeners of its handshake would keep for
 * as long as the client is there.
 */
export const forgetHandshake = (socket: Socket): void => {
  const connection = socket.conn as unknown as Connection
  connection.request = null
  Object.assign(socket, { handshake: NO_HANDSHAKE })
  const webSocket = connection.transport.socket
  for (const listener of webSocket?.listeners('error') ?? [])
    if (listener.name === 'onUpgradeError') webSocket?.off('error', listener as () => void)
  // engine.io's response to the upgrade waits for the close without a name; ws's own listener has one.
  for (const listener of webSocket?._socket?.listeners('close') ?? [])
    if (listener.name === '') webSocket?._socket?.off('close', listener as () => void)
}
