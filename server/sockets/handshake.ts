import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'socket.io'
import type { Faults } from '../faults.ts'

/**
 * This module reaches under Socket.IO's public API. It is held by a contract test (test/integration/handshake.test.ts)
 * against engine.io 6.6 and ws 8, both pinned by the lock file.
 */
type WebSocket = EventEmitter & { _socket?: EventEmitter | null }
type Connection = { request: unknown; transport: { socket?: WebSocket } }

/**
 * Has each piece of a handshake written at once. After a restart all clients come at once, and writing is most of the
 * work.
 */
export const gathering = (faults: Faults) => {
  const guard = (socket: Duplex, run: () => void): (() => void) =>
    faults.guard('http.upgrade', run, () => socket.destroy())
  /** Keeps what is written from now on until all that is under way is done. */
  const writeTogether = (socket: Duplex): void => {
    socket.cork()
    setImmediate(guard(socket, () => socket.uncork()))
  }
  return (_headers: object, { socket }: IncomingMessage): void => {
    writeTogether(socket)
    const next = guard(socket, () => writeTogether(socket))
    setImmediate(guard(socket, () => socket.prependOnceListener('data', next)))
  }
}

const NO_HANDSHAKE = {}

/**
 * Lets go of the HTTP request that opened a connection, some 5 KB that engine.io and two listeners of its handshake
 * would keep for as long as the client is there.
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
