import type { Socket as NetSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { type Frame, inNamespace } from './frame.ts'

/**
 * This module reaches under Socket.IO's public API, to write frames encoded once straight to the connection. It is held
 * by a contract test (test/integration/frame.test.ts) against engine.io 6.6 and ws 8, both pinned by the lock file.
 */
type OpenSocket = NetSocket & { _handle?: { writeQueueSize: number } | null }
type WebSocket = { _socket?: OpenSocket | null; terminate: () => void }
type Packet = { data?: string | Buffer; options?: { wsPreEncodedFrame?: Buffer[] } }
type Connection = {
  readyState: string
  writeBuffer: Packet[]
  transport: { socket?: WebSocket }
  write: (data: string, options: { wsPreEncodedFrame: Buffer[]; compress: boolean }) => void
}

export type FrameWriter = {
  /** Sends a frame after everything that was sent before it, Socket.IO's own packets included. */
  write: (frame: Frame) => void
  /** Bytes that this process holds for the client because the client does not take them. */
  backlog: () => number
  /** A number that falls whenever the client takes something of its backlog, a part of one large frame too. */
  left: () => number
  /**
   * Ends the connection at once, without what this process holds for it. A client that does not take what it is sent
   * is reset: closed in the usual way, the system would keep up to 4 MB for it for minutes, and offer them ever more
   * rarely, before it hears that it is over.
   */
  terminate: () => void
}

/** Writes frames to one Socket.IO client (WebSocket transport from the start, no compression). */
export const frameWriter = ({ conn, nsp }: Socket): FrameWriter =>
  new SocketWriter(conn as unknown as Connection, nsp.name)

class SocketWriter implements FrameWriter {
  private readonly connection: Connection
  private readonly net: OpenSocket | null
  /** Null where it is the main one, in which frames are as they are made. */
  private readonly namespace: string | null

  constructor(connection: Connection, namespace: string) {
    this.connection = connection
    this.namespace = namespace === '/' ? null : namespace
    this.net = connection.transport.socket?._socket ?? null
  }

  write(made: Frame): void {
    const { connection, net, namespace } = this
    if (connection.readyState !== 'open') return
    const frame = namespace === null ? made : inNamespace(made, namespace)
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
