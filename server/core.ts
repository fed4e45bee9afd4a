import type { Logger } from 'pino'
import type { Archive } from '../archive/archive.ts'
import { ACCESS } from '../wire/topics.ts'
import { type ArchiveWatch, watchArchive } from './archive/state.ts'
import { createClients } from './clients.ts'
import type { Config } from './config.ts'
import { createDevices, type Devices } from './devices/devices.ts'
import { readKinds } from './devices/kinds.ts'
import type { Faults } from './faults.ts'
import { createGroups, type Groups } from './fleet/groups.ts'
import { createRegister, type Register } from './fleet/register.ts'
import type { ReadTopic } from './live/ports.ts'
import type { Metrics } from './metrics/metrics.ts'
import { newId } from './people/ids.ts'
import { followRevocations, type Revocations } from './people/revocations.ts'
import { createPeopleStore, type PeopleStore } from './people/store.ts'
import { readCursors } from './redis/cursors.ts'
import { openLink, type RedisLink } from './redis/link.ts'
import { createReader } from './redis/read.ts'
import { createSoundReader } from './redis/sound.ts'
import type { Unreadable } from './redis/unreadable.ts'
import { createRooms, type Rooms } from './rooms/rooms.ts'

export type CorePorts = {
  config: Config
  name: string
  version: string
  log: Logger
  faults: Faults
  metrics: Metrics
  unreadable: Unreadable
  /** History; null where this floor keeps none. */
  archive: Archive | null
}

/** What streams: the tie to Redis, and the clients with what they watch. */
export type Core = {
  link: RedisLink
  clients: ReturnType<typeof createClients>
  groups: Groups
  register: () => Promise<Register>
  store: PeopleStore
  revocations: Revocations
  rooms: Rooms
  devices: Devices
  archive: Archive | null
  archiveWatch: ArchiveWatch
}

/** Opens the core; throws, with the remedy, where there is no Redis to use. */
export const openCore = async (ports: CorePorts): Promise<Core> => {
  const { config, name, version, log, faults, metrics, unreadable, archive } = ports
  const kinds = readKinds(config.COMMANDS_FILE)
  const link = await openLink(config.REDIS_URL, log, faults, {
    down: () => {
      metrics.outage()
      clients.tellAll(() => ({ kind: 'redis_down' }))
    },
    up: () => {
      clients.demand.recoverAll()
      clients.tellAll(() => ({ kind: 'redis_up' }))
    },
    renewed: (topics) => clients.demand.recover(topics),
  })
  const groups = createGroups(link.command, unreadable)
  await groups.read()
  const read = createSoundReader(link.command, createReader(link.command), unreadable)
  const register = createRegister(link.command, read, unreadable)
  const clients = createClients(config, {
    channels: link.channels,
    read: metrics.counted(logged(read, log)),
    count: metrics.count,
    faults,
    answered: metrics.answered,
    sent: metrics.sent,
    flushed: (took, wait, oldest) => {
      metrics.flushed(took, oldest)
      link.channels.rest(wait)
    },
    groups: groups.all,
    hello: () => ({ node: name, version, at: Date.now(), heartbeatMs: config.HEARTBEAT_MS }),
  })
  const store = createPeopleStore(link.command, { now: Date.now, id: newId, unreadable })
  const revocations = await followRevocations({
    demand: clients.demand,
    cursor: async () => (await readCursors(link.command)([ACCESS]))[0] ?? null,
    isDown: () => link.reach() === 'down',
    tellAgain: store.tellAgain,
    end: (isOut) => clients.endWhere(isOut, 'revoked'),
    toldAgain: metrics.toldAgain,
    now: Date.now,
    clock: () => performance.now(),
    log,
  })
  const rooms = createRooms({
    redis: link.command,
    node: name,
    isUp: link.isUp,
    people: store.people,
    announced: (who, room) => store.record({ who, what: 'announced', about: room }),
    count: metrics.said,
    unreadable,
    log,
    faults,
  })
  const devices = createDevices({
    redis: link.command,
    node: name,
    isUp: link.isUp,
    demand: clients.demand,
    register,
    recorded: (who, about) => store.record({ who, what: 'commanded', about }),
    kinds,
    count: metrics.devices,
    log,
    faults,
  })
  await devices.compareClocks()
  const archiveWatch = watchArchive(archive)
  return { link, clients, groups, register, store, revocations, rooms, devices, archive, archiveWatch }
}

/** Clients are told `unavailable` where a read fails; why, is for the log. */
const logged =
  (read: ReadTopic, log: Logger): ReadTopic =>
  (topic, after) =>
    read(topic, after).catch((error) => {
      log.debug({ topic, reason: String(error) }, 'A topic could not be read')
      throw error
    })
