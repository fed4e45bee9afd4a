import type { Server } from 'node:http'
import type { Config } from '../config.ts'
import type { Faults } from '../faults.ts'
import { threadCpu } from '../thread-cpu.ts'
import type { Addresses } from './addresses.ts'
import { type Connections, capConnections } from './connections.ts'
import type { Cut } from './visitor.ts'
import { createVisitors, type Visitors } from './visitors.ts'

/** Who is connected, and what that may cost. */
export type Access = {
  addresses: Addresses
  connections: Connections
  visitors: Visitors
  /** Open connections by what they are used for. */
  counts: () => { http: number; handshake: number; client: number }
}

export type AccessPorts = {
  /** A connection is one too many. */
  refused: () => void
  /** A connection was ended. */
  cut: (reason: Cut, address: string) => void
}

/** Watches over the connections of a server. */
export const watchOver = (
  server: Server,
  config: Config,
  addresses: Addresses,
  faults: Faults,
  { refused, cut }: AccessPorts,
): Access => {
  const { MAX_CONNECTIONS: most, MAX_CONNECTIONS_PER_ADDRESS: mostOfAnAddress } = config
  const connections = capConnections(server, { addresses, most, mostOfAnAddress }, refused, faults)
  const shares = { clientShare: config.CLIENT_SHARE, addressShare: config.ADDRESS_SHARE }
  const visitors = createVisitors({ ...shares, cpu: threadCpu, now: () => performance.now(), cut, faults })
  return {
    addresses,
    connections,
    visitors,
    counts: () => {
      const [handshake, client] = [visitors.handshakes(), visitors.clients()]
      return { http: connections.open() - handshake - client, handshake, client }
    },
  }
}
