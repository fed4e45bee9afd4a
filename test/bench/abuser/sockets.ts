import type { Socket } from 'node:net'
import { CLOSE, clientFrame, frameReader, PING, PONG, TEXT } from '../load/frames.ts'
import type { Scene } from './scene.ts'

/** A WebSocket as an abuse uses it. */
export type Talk = {
  socket: Socket
  /** Sends a request, whose answer is awaited. */
  ask: (frame: Buffer) => void
  /** Sends frames that nothing answers. */
  say: (frames: Buffer, messages?: number) => void
}

export type Handlers = {
  from?: number
  /** Called when the WebSocket stands; where it is not given, CONNECT is said. */
  onUpgraded?: (talk: Talk) => void
  /** Called when the server has answered CONNECT. */
  onReady?: (talk: Talk) => void
  /** Called with each answer to a request. */
  onAnswer?: (talk: Talk) => void
}

const END_OF_HEAD = '\r\n\r\n'
/** As far into a text as what it is can be told. */
const HEAD_LENGTH = 80

const upgrade = (port: number): string =>
  [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: d2F0Y2hmbG9vciBiZW5jaA==',
    '\r\n',
  ].join('\r\n')

export const text = (value: string): Buffer => clientFrame(TEXT, value)

/** What the texts of a server mean to an abuser. */
const listener = (scene: Scene, talk: Talk, asked: number[], handlers: Handlers) => (head: string) => {
  if (head.startsWith('43')) {
    scene.count(head.includes('"rate_limited"') ? 'limited' : 'served')
    scene.waited(performance.now() - (asked.shift() ?? Number.NaN))
    handlers.onAnswer?.(talk)
  } else if (head === '2') talk.socket.write(text('3'))
  else if (head.startsWith('40')) handlers.onReady?.(talk)
  else if (head.startsWith('0{')) {
    if (handlers.onUpgraded) handlers.onUpgraded(talk)
    else talk.socket.write(text('40'))
  }
}

/** Opens one WebSocket. */
export const openSocket = (scene: Scene, handlers: Handlers): Socket => {
  const socket = scene.dial(handlers.from)
  const asked: number[] = []
  const ask = (frame: Buffer): void => {
    if (scene.send(socket, frame)) asked.push(performance.now())
  }
  const say = (frames: Buffer, messages = 1): void => void scene.send(socket, frames, messages)
  const onText = listener(scene, { socket, ask, say }, asked, handlers)
  const read = frameReader((opcode, bytes, start, end) => {
    if (opcode === TEXT) onText(bytes.toString('latin1', start, Math.min(end, start + HEAD_LENGTH)))
    else if (opcode === PONG) scene.count('served')
    else if (opcode === PING) socket.write(clientFrame(PONG, ''))
    else if (opcode === CLOSE) socket.end()
  })
  let upgraded = false
  socket.on('data', (bytes) => {
    scene.count('bytes', bytes.length)
    if (upgraded) return read(bytes)
    const end = bytes.indexOf(END_OF_HEAD)
    upgraded = bytes.toString('latin1', 9, 12) === '101' && end > 0
    if (upgraded) return read(bytes.subarray(end + END_OF_HEAD.length))
    scene.count('turnedAway')
    scene.leave(socket)
  })
  socket.once('connect', () => socket.write(upgrade(scene.target.port)))
  return socket.resume()
}
