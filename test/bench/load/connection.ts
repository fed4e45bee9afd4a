import { connect } from 'node:net'
import { CLOSE, clientFrame, frameReader, type OnFrame, PING, PONG, TEXT } from './frames.ts'

export type Connection = { send: (text: string) => void; destroy: () => void }

type Handlers = {
  onText: (bytes: Buffer, start: number, end: number) => void
  /** Every byte that arrived, frame headers included. */
  onBytes: (count: number) => void
  onOpen: () => void
  onClose: () => void
}

/** All connections read into this one buffer: a read is dealt with before the next. */
const shared = Buffer.allocUnsafe(256 * 1024)
const END_OF_HEAD = '\r\n\r\n'

const upgrade = (port: number, path: string, headers: readonly string[]): string => {
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: d2F0Y2hmbG9vciBiZW5jaA==',
    ...headers,
  ]
  return head.join('\r\n') + END_OF_HEAD
}

/**
 * A WebSocket client that does hardly more than read: the bench's clients must cost much less than its servers.
 * `headers`: further lines of its request.
 */
export const openConnection = (
  port: number,
  path: string,
  handlers: Handlers,
  headers: readonly string[] = [],
): Connection => {
  let upgraded = false
  const onFrame: OnFrame = (opcode, bytes, start, end) => {
    if (opcode === TEXT) handlers.onText(bytes, start, end)
    else if (opcode === PING) socket.write(clientFrame(PONG, bytes.toString('latin1', start, end)))
    else if (opcode === CLOSE) socket.destroy()
  }
  const read = frameReader(onFrame)
  const take = (count: number): boolean => {
    const chunk = shared.subarray(0, count)
    if (upgraded) {
      handlers.onBytes(count)
      read(chunk)
      return true
    }
    // The head is short and comes in one read; frames may follow it at once.
    const end = chunk.indexOf(END_OF_HEAD)
    if (!chunk.toString('latin1', 0, 12).endsWith(' 101') || end < 0) socket.destroy()
    else {
      upgraded = true
      handlers.onOpen()
      read(chunk.subarray(end + END_OF_HEAD.length))
    }
    return true
  }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: shared, callback: take } })
  socket.once('connect', () => socket.write(upgrade(port, path, headers)))
  socket.on('error', () => {}) // `close` follows
  socket.once('close', handlers.onClose)
  return {
    send: (text) => void socket.write(clientFrame(TEXT, text)),
    destroy: () => void socket.destroy(),
  }
}
