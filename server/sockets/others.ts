import type { Server } from 'socket.io'
import { within } from '../../redis/within.ts'
import type { ClientToServer, ServerToClient } from '../../wire/protocol.ts'
import type { Faults } from '../faults.ts'
import type { NodeStats } from '../stats.ts'

/** What nodes ask each other, by the Socket.IO adapter; the only thing that goes by it. */
type NodeToNode = { stats: (reply: (stats: NodeStats) => void) => void }
export type SocketServer = Server<ClientToServer, ServerToClient, NodeToNode>

/** The adapter waits a second for nodes, and for ever for a Redis that is away. */
const OTHERS_WITHIN_MS = 1500

/**
 * What the other nodes tell of themselves. One that does not answer within a second is left out; so are all where Redis
 * is away.
 */
export type Others = () => Promise<NodeStats[]>

/** Tells other nodes of this one (`own`), and returns how to ask them. */
export const tellEachOther = (io: SocketServer, own: () => NodeStats, faults: Faults): Others => {
  io.on(
    'stats',
    faults.guard('redis.nodes', (reply) => reply(own())),
  )
  const ask = async (): Promise<NodeStats[]> => {
    try {
      return (await io.serverSideEmitWithAck('stats')) as unknown as NodeStats[]
    } catch (error) {
      // Those that answered in time.
      return (error as { responses?: NodeStats[] }).responses ?? []
    }
  }
  return () => within(OTHERS_WITHIN_MS, ask(), () => [])
}
