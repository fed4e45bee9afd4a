import { createServer, type Server as HttpServer } from 'node:http'
import type { Logger } from 'pino'
import { type Namespace, Server, type ServerOptions } from 'socket.io'
import { DEVICE_NAMESPACE } from '../../wire/device-door.ts'
import { PAST_NAMESPACE, type PastAuth } from '../../wire/past.ts'
import type { Access } from '../access/access.ts'
import type { Config } from '../config.ts'
import { DEVICE_EVENTS, type DeviceSocket } from '../devices/doors/socket-device.ts'
import type { Admitted } from '../devices/ports.ts'
import type { Faults } from '../faults.ts'
import { REQUESTS } from '../live/requests.ts'
import type { ClientSocket } from '../live/session.ts'
import { ACTS, PAST_ACTS } from '../live/who.ts'
import type { Refusal } from '../metrics/requests.ts'
import type { Visit } from '../past/past-clients.ts'
import type { Person } from '../people/person.ts'
import type { Control } from '../redis/control.ts'
import type { NodeStats } from '../stats.ts'
import { type Gathering, letIn, type WayIn } from './admission.ts'
import { createEngine } from './engine.ts'
import { openGate } from './gate.ts'
import { gathering } from './handshake.ts'
import { closing, listen } from './listen.ts'
import { NoRooms } from './no-rooms.ts'
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
  people: WayIn<ClientSocket, Person>
  past: WayIn<ClientSocket, Visit, { token?: string | undefined } & PastAuth>
  devices: WayIn<DeviceSocket, Admitted>
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
  io.engine.on(
    'initial_headers',
    faults.guard('http.upgrade', gathering(faults), (_error, _headers, { socket }) => socket.destroy()),
  )
  const admission = { ...ports, visitors: access.visitors }
  letIn(io.sockets as unknown as Gathering<ClientSocket>, ports.people, admission)
  letIn(io.of(PAST_NAMESPACE) as unknown as Gathering<ClientSocket>, ports.past, admission)
  letIn(io.of(DEVICE_NAMESPACE) as unknown as Gathering<DeviceSocket>, ports.devices, admission)
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

/** What is heard of people's clients, of those who look at the past, and of devices. */
const HEARD = {
  '/': { auth: ['token'], events: [...REQUESTS, ...ACTS] },
  [PAST_NAMESPACE]: { auth: ['token'], numbers: ['at', 'speed'], events: [...REQUESTS, ...ACTS, ...PAST_ACTS] },
  [DEVICE_NAMESPACE]: { auth: ['id', 'key'], events: DEVICE_EVENTS },
}

const optionsOf = ({ control, access: { addresses, visitors }, malformed }: SocketsPorts): Partial<ServerOptions> => ({
  path: SOCKET_PATH,
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: MOST_BYTES,
  adapter: adapterOf(control),
  parser: createParser(HEARD, malformed),
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

/** Devices are told what is theirs alone, and whoever looks at the past, too. */
const adapterOf = ({ adapter }: Control): ServerOptions['adapter'] => {
  // Called with `new`, which no arrow function takes.
  function choose(namespace: Namespace): object {
    return namespace.name === '/' ? adapter(namespace) : new NoRooms()
  }
  return choose as unknown as ServerOptions['adapter']
}
