import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { eventFrame, frameOfBytes } from '../../server/live/frame.ts'
import { type FrameWriter, frameWriter } from '../../server/live/frame-writer.ts'
import { eventually } from '../support/eventually.ts'

/** The contract that server/live/frame-writer.ts relies on, with the real engine.io and ws, and real clients. */

let http: HttpServer
let server: Server
let writer: FrameWriter
let socket: Socket
let url: string

beforeEach(async () => {
  http = createServer()
  server = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    pingInterval: 40,
    pingTimeout: 2000,
  })
  const accept = (connected: Socket): void => {
    socket = connected
    writer = frameWriter(connected)
  }
  server.on('connection', accept)
  server.of('/past').on('connection', accept)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterEach(() => server.close())

const connect = async (namespace = '') => {
  const client = io(url + namespace, { transports: ['websocket'], forceNew: true, reconnection: false })
  const received: unknown[] = []
  client.on('updates', (value) => received.push(value))
  await eventually('connected', () => client.connected && socket?.connected)
  return { client, received }
}

it.each(['', '/past'])(
  'reaches a standard client in %s/ as ordinary events, of any length and alphabet',
  async (name) => {
    const { client, received } = await connect(name)
    const values = ['', 'x', 'Société 株 🚌', 'y'.repeat(90), 'é'.repeat(60), 'z'.repeat(65_500), '株'.repeat(50_000)]
    for (const value of values) writer.write(eventFrame('updates', value))
    await eventually('all', () => received.length === values.length)
    expect(received).toEqual(values)
    client.disconnect()
  },
)

it('keeps the order among frames, ordinary events, answers and heartbeats', async () => {
  const { client, received } = await connect()
  let pings = 0
  client.io.engine.on('ping', () => pings++)
  client.on('plain', (value) => received.push(value))
  for (let i = 0; i < 400; i++) {
    if (i % 3 === 0) socket.emit('plain', i)
    else writer.write(eventFrame('updates', i))
    if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 45))
  }
  await eventually('all', () => received.length === 400)
  expect(received).toEqual(Array.from({ length: 400 }, (_, i) => i))
  expect(pings).toBeGreaterThan(2)
  client.disconnect()
})

it('holds what a stalled client does not take, tells how much, and delivers it whole when it takes again', async () => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const texts: string[] = []
  raw.on('message', (data) => {
    const text = data.toString()
    if (text.startsWith('0')) raw.send('40')
    else if (text === '2') raw.send('3')
    else if (text.startsWith('42')) texts.push(text)
  })
  await eventually('connected', () => socket?.connected && raw.readyState === WebSocket.OPEN)
  raw.pause()
  const large = 'x'.repeat(100_000)
  for (let i = 0; i < 150; i++) writer.write(frameOfBytes('updates', `${i},"${large}"`))
  await eventually('a backlog', () => writer.backlog() > 1_000_000)
  socket.emit('plain', 'after the frames')
  writer.write(frameOfBytes('updates', '150,""'))
  raw.resume()
  await eventually('everything', () => texts.length === 152)
  expect(writer.backlog()).toBe(0)
  expect(texts.map((text) => /^42\["\w+",(\d+|"after the frames")/.exec(text)?.[1])).toEqual([
    ...Array.from({ length: 150 }, (_, i) => String(i)),
    '"after the frames"',
    '150',
  ])
  raw.terminate()
})

it('counts also what Engine.IO queues behind a packet of its own that is not taken', async () => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  raw.on('message', (data) => data.toString().startsWith('0') && raw.send('40'))
  await eventually('connected', () => socket?.connected && raw.readyState === WebSocket.OPEN)
  raw.pause()
  while (writer.backlog() === 0) writer.write(eventFrame('updates', 'x'.repeat(100_000)))
  socket.emit('plain', 'not taken')
  const before = writer.backlog()
  for (let i = 0; i < 20; i++) writer.write(eventFrame('updates', 'x'.repeat(100_000)))
  expect(writer.backlog()).toBeGreaterThan(before + 2_000_000)
  raw.terminate()
})

it('shows that a client takes something, also in the middle of one large frame', async () => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  raw.on('message', (data) => data.toString().startsWith('0') && raw.send('40'))
  await eventually('connected', () => socket?.connected && raw.readyState === WebSocket.OPEN)
  raw.pause()
  writer.write(eventFrame('updates', 'x'.repeat(60_000_000)))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const [backlog, left] = [writer.backlog(), writer.left()]
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(writer.left()).toBe(left)
  const net = (raw as unknown as { _socket: Socket })._socket as unknown as { resume: () => void; pause: () => void }
  net.resume()
  await eventually('a part of it taken', () => writer.left() < left)
  net.pause()
  expect(writer.backlog()).toBe(backlog)
  raw.terminate()
})

it('ends a stalled connection at once, whatever is queued, and the client hears of it as soon as it looks', async () => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  raw.on('message', (data) => data.toString().startsWith('0') && raw.send('40'))
  await eventually('connected', () => socket?.connected && raw.readyState === WebSocket.OPEN)
  raw.pause()
  const { _socket: net } = raw as unknown as { _socket: NetSocket }
  const errors: unknown[] = []
  net.on('error', (error) => errors.push(error))
  for (let i = 0; i < 150; i++) writer.write(eventFrame('updates', 'x'.repeat(100_000)))
  await eventually('it holds some', () => writer.backlog() > 0)
  writer.terminate()
  await eventually('gone', () => !socket.connected)
  writer.write(eventFrame('updates', 1))
  raw.resume()
  // An orderly end would bring all that the system has taken for it before.
  await eventually('heard of', () => raw.readyState === WebSocket.CLOSED)
  expect(errors).toMatchObject([{ code: 'ECONNRESET' }])
})

it('ends a connection that takes what it is sent in order: what was written arrives', async () => {
  const { client, received } = await connect()
  const reasons: unknown[] = []
  client.on('disconnect', (reason) => reasons.push(reason))
  writer.write(eventFrame('updates', 1))
  writer.terminate()
  await eventually('gone', () => reasons.length > 0)
  expect([received, reasons]).toEqual([[1], ['transport close']])
})
