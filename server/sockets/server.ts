import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import { Server, type ServerOptions } from 'socket.io'
import type { Access } from '../access/access.ts'
import type { Config } from '../config.ts'
import type { Faults } from '../faults.ts'
import { frameWriter } from '../live/frame-writer.ts'
import { REQUESTS } from '../live/requests.ts'
import type { ClientSocket } from '../live/session.ts'
import { ACTS } from '../live/who.ts'
import type { Work } from '../live/work.ts'
import type { Refusal } from '../metrics/requests.ts'
import type { Person } from '../people/person.ts'
import type { Control } from '../redis/control.ts'
import type { NodeStats } from '../stats.ts'
import { type Admit, admitPeople } from './admission.ts'
import { createEngine } from './engine.ts'
import { openGate } from './gate.ts'
import { forgetHandshake, gathering } from './handshake.ts'
import { closing, listen } from './listen.ts'
import { type Others, type SocketServer, tellEachOther } from './others.ts'
import { createParser } from './packets.ts'

export type SocketsPorts = {
  config: Config
  control: Control
  access: Access
  log: Logger
  faults: Faults
  /** What this node tells the others of itself. */
  own: () => NodeStats
  /** Who joins. */
  admit: Admit
  connected: (socket: ClientSocket, work: Work, person: Person) => void
  /** Somebody wanted to connect and may not. */
  refused: (reason: Refusal) => void
  /** A connection is ended, for what it sent is no packet of ours. */
  malformed: () => void
}

export type NodeServer = {
  others: Others
  /** Takes no new connections; those that are open stay. */
  stopListening: () => void
  close: () => Promise<void>
}

/** Where clients connect. */
export const SOCKET_PATH = '/socket.io/'

/** Largest message that a client may send: a reconnect with cursors of every topic that it may watch. */
const MOST_BYTES = 512 * 1024

/** Of the connections that an address may have, so many may be on their way in at once. */
const HANDSHAKES_SHARE = 0.25

/**
 * Opens the sockets: WebSocket only, so that no balancer must keep a client on one node, and no compression, so that
 * frames can be shared. The Redis adapter carries what nodes say to each other; updates never go by it.
 */
export const openSockets = async (http: HttpServer, ports: SocketsPorts): Promise<NodeServer> => {
  const { config, control, access, log, faults } = ports
  // A server that never listens: Socket.IO gets what the gate lets in, and sees nothing else.
  const inner = createServer()
  const io: SocketServer = new Server(inner, optionsOf(ports))
  openGate(http, gatePorts(ports), (request, socket, head) => inner.emit('upgrade', request, socket, head))
  acceptClients(io, ports)
  const others = tellEachOther(io, ports.own, faults)
  await listen(http, config).catch((error) => {
    control.close()
    throw error
  })
  http.on(
    'error',
    faults.guard('http.request', (error) => log.error({ reason: String(error) }, 'The HTTP server reported an error')),
  )
  const { stopListening, closed } = closing(http, faults)
  return {
    others,
    stopListening,
    close: async () => {
      await closed(() => io.close())
      access.visitors.close()
      control.close()
    },
  }
}

const optionsOf = ({ control, access: { addresses, visitors }, malformed }: SocketsPorts): Partial<ServerOptions> => ({
  path: SOCKET_PATH,
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: MOST_BYTES,
  adapter: control.adapter,
  parser: createParser([...REQUESTS, ...ACTS], malformed),
  wsEngine: createEngine((webSocket, request) =>
    visitors.enter(addresses.of(request), webSocket, request.socket),
  ) as unknown as ServerOptions['wsEngine'],
})

const gatePorts = ({ config, access, refused, faults }: SocketsPorts) => ({
  ...access,
  origins: config.ORIGINS,
  mostHandshakes: Math.ceil(config.MAX_CONNECTIONS_PER_ADDRESS * HANDSHAKES_SHARE),
  refused,
  faults,
})

/** Each client that has joined goes to `connected`. */
const acceptClients = (io: SocketServer, ports: SocketsPorts): void => {
  const { access, faults, connected } = ports
  const personOf = admitPeople(io, ports)
  io.engine.on(
    'initial_headers',
    faults.guard('http.upgrade', gathering(faults), (_error, _headers, { socket }) => socket.destroy()),
  )
  const accept = (socket: ClientSocket): void => {
    const visitor = access.visitors.joined((socket.conn.request as IncomingMessage).socket)
    forgetHandshake(socket)
    // Socket.IO would keep the connection for another join.
    socket.once(
      'disconnect',
      faults.guard('client.disconnect', () => socket.conn.close()),
    )
    if (visitor) connected(socket, visitor, personOf(socket))
  }
  const ended = (_error: unknown, socket: ClientSocket): void => frameWriter(socket).terminate()
  io.on('connection', faults.guard('client.connect', accept, ended))
}
