import type { Server, Socket } from 'node:net'
import type { Faults } from '../faults.ts'
import { type Addresses, keyOf } from './addresses.ts'

export type ConnectionCaps = { addresses: Addresses; most: number; mostOfAnAddress: number }

export type Connections = {
  /** All that are open, whatever they are used for. */
  open: () => number
  /** Counts a connection for an address until it closes; false where the address has as many as it may. */
  take: (address: string, socket: Socket) => boolean
}

/**
 * Keeps TCP connections within their caps, in all and per address, before a byte of them is read. A proxy's connections
 * are for many people: each counts for the address that the proxy names, once somebody asks for a WebSocket on it.
 */
export const capConnections = (
  server: Server,
  { addresses, most, mostOfAnAddress }: ConnectionCaps,
  refused: () => void,
  faults: Faults,
): Connections => {
  const held = new Map<string, number>()
  let open = 0

  const take = (address: string, socket: Socket): boolean => {
    const before = held.get(address) ?? 0
    if (before >= mostOfAnAddress) return false
    held.set(address, before + 1)
    // A name, for `forgetHandshake` takes away listeners that have none.
    const giveBack = faults.guard('http.connection', () => {
      const left = (held.get(address) ?? 1) - 1
      if (left > 0) held.set(address, left)
      else held.delete(address)
    })
    socket.once('close', giveBack)
    return true
  }

  server.maxConnections = most
  const closed = faults.guard('http.connection', () => {
    open--
  })
  const count = (socket: Socket): void => {
    open++
    socket.once('close', closed)
    if (addresses.isProxy(socket.remoteAddress) || take(keyOf(socket.remoteAddress), socket)) return
    refused()
    socket.destroy()
  }
  server.on('drop', faults.guard('http.connection', refused))
  server.on(
    'connection',
    faults.guard('http.connection', count, (_error, socket) => socket.destroy()),
  )
  return { open: () => open, take }
}
