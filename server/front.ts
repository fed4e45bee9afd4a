import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Archive } from '../archive/archive.ts'
import type { ReadyReply } from '../wire/api.ts'
import { type Access, watchOver } from './access/access.ts'
import { createAddresses } from './access/addresses.ts'
import { createHosts } from './access/hosts.ts'
import { apiPorts } from './api-ports.ts'
import type { Core, CorePorts } from './core.ts'
import { createColleagues } from './devices/colleagues.ts'
import { openSocketDoor, type SocketDoor } from './devices/doors/socket.ts'
import { openDoor } from './door.ts'
import { readDescriptions } from './fleet/descriptions.ts'
import { createApp } from './http/app.ts'
import { closeAtOnce, openMetrics } from './http/metrics-server.ts'
import { personOf } from './http/person.ts'
import { createAdmit } from './people/admit.ts'
import { type NodeServer, openSockets, SOCKET_PATH } from './sockets/server.ts'
import { type NodeStats, sumUp } from './stats.ts'
import { threadCpu } from './thread-cpu.ts'

const DASHBOARD = fileURLToPath(new URL('../dist/web', import.meta.url))

/** `archive`: history in SQL; null where this floor keeps none. */
export type FrontPorts = CorePorts & Core & { draining: () => boolean; archive: Archive | null }

/** What a node opens to the outside: pages, API and figures over HTTP, and the sockets of clients. */
export type Front = {
  url: string
  access: Access
  /** The devices that are connected by a socket. */
  devices: SocketDoor
  /** Takes no new connections; those that are open stay. */
  stopListening: () => void
  closeMetrics: () => void
  close: () => Promise<void>
}

/** Opens the front; throws, with the remedy, where a port cannot be opened. */
export const openFront = async (ports: FrontPorts): Promise<Front> => {
  const { config, clients, link, metrics, log, faults } = ports
  const own = (): NodeStats => ({
    node: ports.name,
    clients: clients.count(),
    watchers: [...clients.demand.topics()],
  })
  let sockets: NodeServer | null = null
  const others = async (): Promise<NodeStats[]> => (link.reach() !== 'down' && (await sockets?.others())) || []
  const addresses = createAddresses(config.PROXIES, config.PUBLIC_URL)
  const door = await openDoor(ports)
  const { people, rights } = door
  const { http, metrics: figures } = createApp({
    ...appPorts(ports),
    people,
    events: door.events,
    endSignIn: door.endSignIn,
    isSecure: addresses.isSecure,
    aboutPeople: { store: ports.store, personOf, rights, link: door.link, groups: ports.groups.all, now: Date.now },
    api: {
      ...apiPorts(ports),
      rights,
      stats: async () => sumUp([own(), ...(await others())]),
    },
    past: { archive: ports.archive, rights, reapAfterMs: config.REAP_AFTER_S * 1000 },
    rooms: { ...ports.rooms, personOf, rights },
    aboutDevices: { ...aboutDevices(ports), personOf, rights },
    doors: { ...doors(ports), addressOf: addresses.of },
    gtfs: gtfs(ports),
    addressOf: addresses.of,
  })
  const access = watchOver(http, config, addresses, faults, {
    refused: () => metrics.refused('connections'),
    cut: (reason, address) => {
      metrics.count(`ended_${reason}`)
      log.warn({ reason, address }, 'A connection was cut')
    },
  })
  const devices = openSocketDoor({
    ...ports.devices,
    node: ports.name,
    mostRequests: config.MAX_REQUESTS,
    addressOf: addresses.of,
    refused: metrics.refused,
    ended: () => metrics.count('ended_requests'),
    faults,
  })
  const opened = await openSockets(http, {
    config,
    control: link.control,
    access,
    log,
    faults,
    own,
    people: {
      admit: createAdmit(people, addresses.isSecure),
      connected: (socket, work, person) => {
        const session = clients.open(socket, work, door.attendanceOf(person))
        if (!link.isUp()) session.notify({ kind: 'redis_down' })
      },
    },
    devices,
    refused: metrics.refused,
    malformed: () => metrics.count('ended_packet'),
  })
  sockets = opened
  await openMetrics(figures, config).catch(async (error) => {
    await opened.close()
    throw error
  })
  return {
    url: addressOf(http),
    access,
    devices,
    stopListening: opened.stopListening,
    closeMetrics: () => closeAtOnce(figures),
    close: opened.close,
  }
}

/** What HTTP needs of a node, besides the API. */
const appPorts = ({ config, name, link, archiveWatch, metrics, draining, log, faults }: FrontPorts) => ({
  ready: (): ReadyReply => {
    const redis = link.reach()
    const archive = archiveWatch.state()
    return { ready: redis !== 'down' && !draining(), redis, archive, draining: draining(), node: name }
  },
  metrics: metrics.text,
  metricsApart: config.METRICS_ADDRESS !== undefined,
  refused: metrics.refused,
  ended: metrics.ended,
  spent: metrics.spentOnHttp,
  allows: createHosts({
    host: config.HOST,
    origins: config.PUBLIC_URL === undefined ? config.ORIGINS : [...config.ORIGINS, config.PUBLIC_URL],
    hosts: config.HOSTS,
  }),
  origins: config.ORIGINS,
  dashboard: DASHBOARD,
  socketPath: SOCKET_PATH,
  shares: { address: config.HTTP_SHARE_PER_ADDRESS, all: config.HTTP_SHARE },
  now: () => performance.now(),
  clock: Date.now,
  cpu: threadCpu,
  log,
  faults,
})

/** What the API reads and changes of devices. */
const aboutDevices = ({ link, store, register, groups, devices }: FrontPorts) => ({
  ...devices,
  record: store.record,
  register,
  descriptions: (ids: readonly string[]) => readDescriptions(link.command, ids),
  groups: groups.all,
})

/** What the floor as a feed is made of. */
const gtfs = ({ link, register, unreadable, devices }: FrontPorts) => ({
  redis: link.command,
  register,
  unreadable,
  now: () => performance.now(),
  clock: devices.now,
})

/** What devices are given that report over HTTP. */
const doors = ({ link, register, unreadable, devices }: FrontPorts) => ({
  ...devices,
  colleagues: createColleagues({ redis: link.command, register, unreadable, clock: devices.now }),
})

const addressOf = (http: HttpServer): string => {
  const { address, port, family } = http.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
