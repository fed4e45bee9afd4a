import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { parseRedisAddress } from '../redis/address.ts'
import type { ReadyReply } from '../wire/api.ts'
import { watchOver } from './access/access.ts'
import { createAddresses } from './access/addresses.ts'
import { createHosts } from './access/hosts.ts'
import { startChores } from './chores.ts'
import { createClients } from './clients.ts'
import type { Config } from './config.ts'
import { drain } from './drain.ts'
import { tellFaults } from './fault-log.ts'
import { createFaults, type Inject } from './faults.ts'
import { createDeviceList } from './fleet/devices.ts'
import { createGroups } from './fleet/groups.ts'
import { readTrack } from './fleet/track.ts'
import type { ApiPorts } from './http/api.ts'
import { createApp } from './http/app.ts'
import { closeAtOnce, openMetrics } from './http/metrics-server.ts'
import { inTurn } from './in-turn.ts'
import type { ReadTopic } from './live/ports.ts'
import type { NodeLog } from './log.ts'
import { readCandles } from './market/candles.ts'
import { createSymbolList } from './market/symbols.ts'
import { createMetrics } from './metrics/metrics.ts'
import { type Counts, readCounts } from './redis/counts.ts'
import { readCursors } from './redis/cursors.ts'
import { openLink, type RedisLink } from './redis/link.ts'
import { createReader } from './redis/read.ts'
import { createSoundReader } from './redis/sound.ts'
import { tellUnreadable, type Unreadable } from './redis/unreadable.ts'
import { listen, type NodeServer, SOCKET_PATH } from './sockets.ts'
import { type NodeStats, sumUp } from './stats.ts'
import { threadCpu } from './thread-cpu.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const DASHBOARD = fileURLToPath(new URL('../dist/web', import.meta.url))

export type RunningNode = {
  url: string
  /** Tells of what nothing else caught. */
  caught: (error: unknown) => void
  stop: () => Promise<void>
}

/** Composes a node and starts it; throws, with the remedy, where it cannot start. `inject`: throws faults, where tests want them. */
export const startNode = async (
  config: Config,
  name: string,
  { log, lines }: NodeLog,
  inject: Inject | null = null,
): Promise<RunningNode> => {
  const faults = createFaults(
    tellFaults(
      log,
      (at) => metrics.fault(at),
      () => performance.now(),
    ),
    inject,
  )
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
  let draining = false
  const unreadable = tellUnreadable(log, () => metrics.unreadable())
  const groups = createGroups(link.command, unreadable)
  await groups.read()
  let items: Counts = { accepted: 0, repeat: 0, old: 0, refused: 0 }
  const metrics = createMetrics(
    {
      node: name,
      version,
      mode: parseRedisAddress(config.REDIS_URL).mode,
      clients: () => clients.count(),
      connections: () => access.counts(),
      watches: () => clients.watches(),
      topics: () => [...clients.demand.topics()].length,
      draining: () => draining,
      logLines: lines,
      items: () => items,
      redis: () => ({ up: link.isUp(), connections: link.connections() }),
    },
    Date.now,
    faults,
  )
  const clients = createClients(config, {
    channels: link.channels,
    read: metrics.counted(logged(createSoundReader(link.command, createReader(link.command), unreadable), log)),
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
  const own = (): NodeStats => ({ node: name, clients: clients.count(), watchers: [...clients.demand.topics()] })
  let server: NodeServer | null = null
  const addresses = createAddresses(config.PROXIES)
  const { http, metrics: figures } = createApp({
    api: {
      ...api(config, name, link, unreadable),
      stats: async () => sumUp([own(), ...((link.reach() !== 'down' && (await server?.others())) || [])]),
    },
    ready: (): ReadyReply => {
      const redis = link.reach()
      return { ready: redis !== 'down' && !draining, redis, draining, node: name }
    },
    metrics: metrics.text,
    metricsApart: config.METRICS_ADDRESS !== undefined,
    refused: metrics.refused,
    ended: metrics.ended,
    spent: metrics.spentOnHttp,
    allows: createHosts({ host: config.HOST, origins: config.ORIGINS, hosts: config.HOSTS }),
    addressOf: addresses.of,
    origins: config.ORIGINS,
    dashboard: DASHBOARD,
    socketPath: SOCKET_PATH,
    shares: { address: config.HTTP_SHARE_PER_ADDRESS, all: config.HTTP_SHARE },
    now: () => performance.now(),
    cpu: threadCpu,
    log,
    faults,
  })
  const access = watchOver(http, config, addresses, faults, {
    refused: () => metrics.refused('connections'),
    cut: (reason, address) => {
      metrics.count(`ended_${reason}`)
      log.warn({ reason, address }, 'A connection was cut')
    },
  })
  server = await listen(http, config, link.control, access, log, faults, own, {
    connected: (socket, work) => {
      const session = clients.open(socket, work)
      if (!link.isUp()) session.notify({ kind: 'redis_down' })
    },
    refused: metrics.refused,
    malformed: () => metrics.count('ended_packet'),
  }).catch(async (error) => {
    await link.close()
    throw error
  })
  await openMetrics(figures, config).catch(async (error) => {
    await server?.close()
    await link.close()
    throw error
  })
  const count = async (): Promise<void> => {
    if (link.isUp()) items = await readCounts(link.command)
  }
  const counting = setInterval(faults.guard('chore.counts', count), config.HEARTBEAT_MS).unref()
  const stopChores = startChores(config, name, link, { demand: clients.demand, groups }, log, faults, unreadable)

  return {
    url: addressOf(http.address() as AddressInfo),
    caught: (error) => faults.caught('process', error),
    stop: async () => {
      draining = true
      log.info({ clients: clients.count() }, 'Watchfloor node is stopping')
      const empty = async (): Promise<void> => {
        const drained = await drain({
          graceMs: config.DRAIN_MS,
          clients: clients.count,
          stopListening: server.stopListening,
          sendAway: clients.sendAway,
          now: () => performance.now(),
          random: Math.random,
          wait: setTimeout,
        })
        log.info(drained, 'Watchfloor node is empty')
      }
      await inTurn(faults, [
        empty,
        () => clearInterval(counting),
        stopChores,
        clients.stop,
        () => closeAtOnce(figures),
        server.close,
        clients.demand.close,
        link.close,
      ])
      log.info('Watchfloor node has stopped')
    },
  }
}

/** What the API reads of one topic, and what it tells of the node. */
const api = (
  { TILES_URL, TILES_ATTRIBUTION }: Config,
  node: string,
  { command }: RedisLink,
  unreadable: Unreadable,
): Omit<ApiPorts, 'stats'> => ({
  config: { node, version, tiles: TILES_URL === 'none' ? null : { url: TILES_URL, attribution: TILES_ATTRIBUTION } },
  symbols: createSymbolList(command, Date.now, unreadable),
  devices: createDeviceList(command, Date.now, unreadable),
  candles: (query, work) => readCandles(command, query, work, unreadable),
  track: (query, work) => readTrack(command, query, work, unreadable),
  cursor: async (topic) => (await readCursors(command)([topic]))[0] ?? null,
  now: () => performance.now(),
})

const addressOf = ({ address, port, family }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`

/** Clients are told `unavailable` where a read fails; why, is for the log. */
const logged =
  (read: ReadTopic, log: Logger): ReadTopic =>
  (topic, after) =>
    read(topic, after).catch((error) => {
      log.debug({ topic, reason: String(error) }, 'A topic could not be read')
      throw error
    })
