import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { Server, type ServerOptions } from 'socket.io'
import { within } from '../redis/within.ts'
import type { ClientToServer, ServerToClient } from '../wire/protocol.ts'
import type { Access } from './access/access.ts'
import type { Config } from './config.ts'
import { createEngine } from './engine.ts'
import type { Faults } from './faults.ts'
import { openGate } from './gate.ts'
import { forgetHandshake, frameWriter } from './live/frame.ts'
import type { Work } from './live/ports.ts'
import { REQUESTS } from './live/requests.ts'
import type { ClientSocket } from './live/session.ts'
import type { Refusal } from './metrics/requests.ts'
import { createParser } from './packets.ts'
import type { Control } from './redis/control.ts'
import type { NodeStats } from './stats.ts'

/** What nodes ask each other, by the Socket.IO adapter; the only thing that goes by it. */
type NodeToNode = { stats: (reply: (stats: NodeStats) => void) => void }

export type NodeServer = {
  /** What the other nodes tell of themselves; one that does not answer within a second is left out, all where Redis is not there to ask by. */
  others: () => Promise<NodeStats[]>
  /** Takes no new connections; those that are open stay. */
  stopListening: () => void
  close: () => Promise<void>
}

export type SocketEvents = {
  connected: (socket: ClientSocket, work: Work) => void
  /** Somebody wanted to connect and may not. */
  refused: (reason: Refusal) => void
  /** A connection is ended, for what it sent is no packet of ours. */
  malformed: () => void
}

/** Where clients connect. */
export const SOCKET_PATH = '/socket.io/'

/** Largest message that a client may send: a reconnect with cursors of every topic that it may watch. */
const MOST_BYTES = 512 * 1024

/** Of the connections that an address may have, so many may be on their way in at once. */
const HANDSHAKES_SHARE = 0.25

/** Connections that may wait to be accepted: after a restart all clients come at once, and one that is turned away waits seconds. */
const BACKLOG = 4096

/** The adapter waits a second for nodes, and for ever for a Redis that is away. */
const OTHERS_WITHIN_MS = 1500

/** How long requests that are under way may take when the node stops. */
const LAST_ANSWERS_MS = 1000

/**
 * Opens the sockets: WebSocket only, so that no balancer must keep a client on one node, and no compression, so that frames can be
 * shared. The Redis adapter carries what nodes say to each other; updates never go by it.
 */
export const listen = async (
  http: HttpServer,
  config: Config,
  control: Control,
  { addresses, connections, visitors }: Access,
  log: Logger,
  faults: Faults,
  own: () => NodeStats,
  on: SocketEvents,
): Promise<NodeServer> => {
  // A server that never listens: Socket.IO gets what the gate lets in, and sees nothing else.
  const inner = createServer()
  const io: Server<ClientToServer, ServerToClient, NodeToNode> = new Server(inner, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MOST_BYTES,
    adapter: control.adapter,
    parser: createParser(REQUESTS, on.malformed),
    wsEngine: createEngine((webSocket, request) =>
      visitors.enter(addresses.of(request), webSocket, request.socket),
    ) as unknown as ServerOptions['wsEngine'],
  })
  const { ORIGINS: origins, MAX_CONNECTIONS_PER_ADDRESS } = config
  const mostHandshakes = Math.ceil(MAX_CONNECTIONS_PER_ADDRESS * HANDSHAKES_SHARE)
  openGate(
    http,
    { addresses, connections, visitors, origins, mostHandshakes, refused: on.refused, faults },
    (request, socket, head) => inner.emit('upgrade', request, socket, head),
  )
  // After a restart all clients come at once, and to write is most of the work: what answers a piece of a handshake leaves together.
  const gather = gathering(faults)
  io.engine.on(
    'initial_headers',
    faults.guard('http.upgrade', gather, (_error, _headers, { socket }) => socket.destroy()),
  )
  io.on(
    'stats',
    faults.guard('redis.nodes', (reply) => reply(own())),
  )
  const connected = (socket: ClientSocket): void => {
    const visitor = visitors.joined((socket.conn.request as IncomingMessage).socket)
    forgetHandshake(socket)
    // Socket.IO would keep the connection for another join.
    socket.once(
      'disconnect',
      faults.guard('client.disconnect', () => socket.conn.close()),
    )
    if (visitor) on.connected(socket, visitor)
  }
  const ended = (_error: unknown, socket: ClientSocket): void => frameWriter(socket).terminate()
  io.on('connection', faults.guard('client.connect', connected, ended))
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen({ port: config.PORT, host: config.HOST, backlog: BACKLOG }, resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    control.close()
    throw new Error(explain(error, config))
  })
  let closed: Promise<unknown> | null = null
  const others = async (): Promise<NodeStats[]> => {
    try {
      return (await io.serverSideEmitWithAck('stats')) as unknown as NodeStats[]
    } catch (error) {
      // Those that answered in time.
      return (error as { responses?: NodeStats[] }).responses ?? []
    }
  }
  const stopListening = (): void => {
    closed ??= new Promise((resolve) => http.close(resolve))
  }
  http.on(
    'error',
    faults.guard('http.request', (error) => log.error({ reason: String(error) }, 'The HTTP server reported an error')),
  )
  return {
    others: () => within(OTHERS_WITHIN_MS, others(), () => []),
    stopListening,
    close: async () => {
      stopListening()
      // A kept-alive connection that is never idle, such as a balancer's, would hold the server open for as long as it asks.
      const cut = setTimeout(
        faults.guard('stop', () => http.closeAllConnections()),
        LAST_ANSWERS_MS,
      )
      await io.close()
      await closed
      visitors.close()
      clearTimeout(cut)
      control.close()
    },
  }
}

/** Has each piece of a handshake be written at once. */
const gathering = (faults: Faults) => {
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

const explain = (error: NodeJS.ErrnoException, { HOST, PORT }: Config): string => {
  if (error.code === 'EADDRINUSE') return `Port ${PORT} of ${HOST} is in use. Choose another with PORT=${PORT + 1}.`
  if (error.code === 'EACCES') return `Port ${PORT} may not be opened by this user. Choose one above 1023 with PORT.`
  if (error.code === 'EADDRNOTAVAIL') return `This machine has no address ${HOST}. Set HOST to one that it has.`
  return `Cannot listen on ${HOST}:${PORT}: ${error.message}`
}
