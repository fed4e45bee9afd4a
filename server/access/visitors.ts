import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Faults } from '../faults.ts'
import { createAllowance, createAllowances, type Terms } from './allowance.ts'
import { type Cut, ENTRY_MS, type Guard, Visitor } from './visitor.ts'

export type VisitorsPorts = {
  /** The share of a core that one connection may cost, and all of one address together. */
  clientShare: number
  addressShare: number
  cpu: () => number
  now: () => number
  /** A connection was ended. */
  cut: (reason: Cut, address: string) => void
  faults: Faults
}

export type Visitors = {
  /** A WebSocket was opened on a connection. */
  enter: (address: string, webSocket: WebSocket, connection: Socket) => void
  /** Milliseconds until an address has paid what it owes. */
  wait: (address: string) => number
  /** The connection joined, and is a client's from now on. */
  joined: (connection: Socket) => Visitor | undefined
  /** Connections of an address that have not joined yet. */
  handshakesOf: (address: string) => number
  handshakes: () => number
  clients: () => number
  close: () => void
}

/**
 * Time that can be saved up, in milliseconds. A client comes back with 2,000 topics at once (some 0.1 s of work), and
 * many behind one address may do so together.
 */
const CLIENT_SAVES_MS = 5000
const ADDRESS_SAVES_MS = 10_000
/** Addresses whose debts are remembered. */
const MOST_ADDRESSES = 20_000
const SWEEP_EVERY_MS = 1000

const terms = (share: number, savedMs: number): Terms => ({ share, burst: share * savedMs })

/** All WebSocket connections of a node, from the handshake on. */
export const createVisitors = ({ clientShare, addressShare, cpu, now, cut, faults }: VisitorsPorts): Visitors => {
  const all = new Map<Socket, Visitor>()
  const addresses = createAllowances({ ...terms(addressShare, ADDRESS_SAVES_MS), most: MOST_ADDRESSES }, now)
  const sweepAll = (): void => {
    for (const visitor of all.values()) visitor.sweep()
  }
  const sweeping = setInterval(faults.guard('chore.connections', sweepAll), SWEEP_EVERY_MS).unref()

  const handshakes = new Map<string, number>()
  let joined = 0
  const shake = (address: string, change: 1 | -1): void => {
    const left = (handshakes.get(address) ?? 0) + change
    if (left > 0) handshakes.set(address, left)
    else handshakes.delete(address)
  }
  const leave = (visitor: Visitor, connection: Socket): void => {
    all.delete(connection)
    if (visitor.hasJoined) joined--
    else shake(visitor.address, -1)
  }

  return {
    enter: (address, webSocket, connection) => {
      addresses.spend(address, ENTRY_MS)
      const own = createAllowance(terms(clientShare, CLIENT_SAVES_MS), now)
      const end = (reason: Cut): void => {
        cut(reason, address)
        // Closed in order, the system would keep for minutes what it does not take.
        connection.resetAndDestroy()
      }
      const guard: Guard = (run) => faults.guard('client.work', run, () => connection.resetAndDestroy(), address)
      const visitor = new Visitor({ address, webSocket, connection, own, addresses, cpu, cut: end, guard })
      all.set(connection, visitor)
      shake(address, 1)
      webSocket.once(
        'close',
        guard(() => leave(visitor, connection)),
      )
    },
    wait: addresses.wait,
    joined: (connection) => {
      const visitor = all.get(connection)
      if (visitor && !visitor.hasJoined) {
        visitor.hasJoined = true
        shake(visitor.address, -1)
        joined++
      }
      return visitor
    },
    handshakesOf: (address) => handshakes.get(address) ?? 0,
    handshakes: () => all.size - joined,
    clients: () => joined,
    close: () => clearInterval(sweeping),
  }
}
