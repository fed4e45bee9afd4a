import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { forgetHandshake } from '../../server/sockets/handshake.ts'
import { eventually } from '../support/eventually.ts'

/** The contract that server/sockets/handshake.ts relies on, with the real engine.io and ws, and real clients. */

let http: HttpServer
let server: Server
let socket: Socket

beforeEach(async () => {
  http = createServer()
  server = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
  server.on('connection', (connected) => {
    socket = connected
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
})
afterEach(() => server.close())

const connect = async () => {
  const { port } = http.address() as AddressInfo
  const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true, reconnection: false })
  await eventually('connected', () => client.connected && socket?.connected)
  return client
}

/** What keeps the request of the handshake: Engine.IO itself, and two listeners. */
const keepers = () => {
  const { request, transport } = socket.conn as unknown as {
    request: unknown
    transport: { socket: WebSocket & { _socket: NetSocket } }
  }
  const named = (listeners: unknown[], name: string): number =>
    (listeners as (() => void)[]).filter((listener) => listener.name === name).length
  return {
    request: request !== null,
    upgradeErrors: named(transport.socket.listeners('error'), 'onUpgradeError'),
    closes: named(transport.socket._socket.listeners('close'), ''),
    ownClose: named(transport.socket._socket.listeners('close'), 'socketOnClose'),
  }
}

it('lets go of all that keeps the request of a handshake, and of nothing else', async () => {
  const client = await connect()
  expect(keepers()).toEqual({ request: true, upgradeErrors: 1, closes: 1, ownClose: 1 })
  forgetHandshake(socket)
  expect(keepers()).toEqual({ request: false, upgradeErrors: 0, closes: 0, ownClose: 1 })
  socket.on('echo', (value, reply) => reply(value))
  expect(await client.emitWithAck('echo', '株')).toBe('株')
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  client.disconnect()
  expect(await gone).toBe('client namespace disconnect')
})
