import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { eventually } from './eventually.ts'

/** Opcodes of frames. Source: RFC 6455, 5.2. */
export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as clients send it, masked with zeros. `final: false`: more of the message is to come. */
export const frame = (payload: string | Buffer, opcode: number = OPCODE.text, final = true): Buffer => {
  const body = Buffer.from(payload)
  const head = [(final ? 0x80 : 0) | opcode]
  if (body.length < 126) head.push(0x80 | body.length)
  else if (body.length < 65_536) head.push(0x80 | 126, body.length >> 8, body.length & 255)
  else head.push(0x80 | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (body.length >> shift) & 255))
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body])
}

export type RawSocket = {
  send: (bytes: string | Buffer) => void
  /** Bytes that wait here, for the other side does not take them. */
  waiting: () => number
  /** All that came, as latin1. */
  text: () => string
  isClosed: () => boolean
  /** Resolves once the other side has ended the connection. */
  closed: () => Promise<unknown>
  end: () => void
}

/** A TCP connection, and no manners. */
export const openRaw = async (port: number, host = '127.0.0.1'): Promise<RawSocket> => {
  const socket = connect({ port, host })
  let text = ''
  let isClosed = false
  socket.on('data', (data) => {
    text += data.toString('latin1')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  await eventually('a connection', () => isClosed || socket.readyState === 'open')
  return {
    send: (bytes) => void socket.write(bytes),
    waiting: () => socket.writableLength,
    text: () => text,
    isClosed: () => isClosed,
    closed: () => eventually('its end', () => isClosed),
    end: () => socket.destroy(),
  }
}

/** A request to open a WebSocket, as bytes. */
export const upgrade = (
  target = '/socket.io/?EIO=4&transport=websocket',
  headers: Record<string, string> = {},
): string => {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** A WebSocket by hand: opened, and nothing more. Its session has begun once `0{...}` has come. */
export const openWebSocket = async (port: number, headers: Record<string, string> = {}): Promise<RawSocket> => {
  const socket = await openRaw(port)
  socket.send(upgrade(undefined, headers))
  await eventually('a session', () => socket.isClosed() || socket.text().includes('0{"sid"'))
  return socket
}

/** The same of a client that has joined. */
export const joinRaw = async (port: number, headers: Record<string, string> = {}): Promise<RawSocket> => {
  const socket = await openWebSocket(port, headers)
  socket.send(frame('40'))
  await eventually('a hello', () => socket.isClosed() || socket.text().includes('42["hello"'))
  return socket
}
