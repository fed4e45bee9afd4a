import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { LEVELS, type NodeLog } from '../log.ts'
import { type Counts, FATES } from '../redis/counts.ts'
import { readEventLoop } from './event-loop.ts'

const CONNECTION_STATES = ['http', 'handshake', 'client'] as const

/** What a node is asked at every scrape. */
export type Sources = {
  node: string
  version: string
  /** How Redis runs: `single`, `sentinel` or `cluster`. */
  mode: string
  clients: () => number
  /** Open connections by what they are used for. */
  connections: () => Record<(typeof CONNECTION_STATES)[number], number>
  watches: () => number
  topics: () => number
  people: () => number
  /** Devices that are connected, reports of devices that wait for Redis, and devices with commands that will be due. */
  devices: () => { connected: number; waiting: number; due: number }
  draining: () => boolean
  logLines: NodeLog['lines']
  /** What became of the items that feeds sent. */
  items: () => Counts
  /**
   * Whether Redis can be used; and whether each connection to it is up: the one for commands, and the subscriber of
   * each primary.
   */
  redis: () => { up: boolean; connections: Record<string, boolean> }
  /** Whether the archive can be asked (true where there is none), and how the archiving goes here. */
  archive: () => { up: boolean; lag: number; nearLoss: number }
  /** What is known to be taken back, and whether it is heard of just now. */
  revocations: () => { known: number; heard: boolean }
}

/** What a node is and how it is doing, and what prom-client tells of every Node process. */
export const readGauges = (registry: Registry, sources: Sources): void => {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }
  new Gauge({
    name: 'watchfloor_info',
    help: 'Always 1; its labels say which node this is, of which version, and how its Redis runs',
    labelNames: ['node', 'version', 'redis'],
    registers: [registry],
  }).set({ node: sources.node, version: sources.version, redis: sources.mode }, 1)
  gauge('watchfloor_clients', 'Connected clients', sources.clients)
  new Gauge({
    name: 'watchfloor_open_connections',
    help: 'Open connections: for HTTP, WebSockets that have not joined yet, and clients',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const connections = sources.connections()
      for (const state of CONNECTION_STATES) this.set({ state }, connections[state])
    },
  })
  gauge('watchfloor_watches', 'Topics that clients watch, each counted for every client', sources.watches)
  gauge('watchfloor_topics', 'Topics that this node is subscribed to', sources.topics)
  gauge('watchfloor_people', 'People with a name who are connected to this node', sources.people)
  gauge('watchfloor_devices_connected', 'Devices that are connected to this node', () => sources.devices().connected)
  gauge('watchfloor_reports_waiting', 'Reports of devices that wait for Redis', () => sources.devices().waiting)
  gauge(
    'watchfloor_devices_with_commands',
    'Devices with commands that will be due; every node reports the same figure',
    () => sources.devices().due,
  )
  gauge('watchfloor_draining', '1 while this node is stopping', () => Number(sources.draining()))
  gauge('watchfloor_revocations', 'Revocations that this node knows', () => sources.revocations().known)
  gauge('watchfloor_hears_revocations', '1 while this node hears what is taken back', () =>
    Number(sources.revocations().heard),
  )
  gauge('watchfloor_archive_up', '1 while the archive can be asked, or where there is none', () =>
    Number(sources.archive().up),
  )
  gauge('watchfloor_archive_lag_seconds', 'Since when something waits for the archive', () => sources.archive().lag)
  gauge(
    'watchfloor_archive_nearest_loss',
    'How near Redis is to dropping something that is not archived, from 0 to 1',
    () => sources.archive().nearLoss,
  )
  gauge('watchfloor_redis_up', '1 while Redis can be used', () => Number(sources.redis().up))
  new Gauge({
    name: 'watchfloor_redis_connection_up',
    help: '1 while this connection to Redis is up: the one for commands, or a subscription to a primary',
    labelNames: ['connection'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [connection, up] of Object.entries(sources.redis().connections)) this.set({ connection }, Number(up))
    },
  })
  new Gauge({
    name: 'watchfloor_feed_items',
    help: 'Trades, quotes and fixes that all feeds sent, by what became of them; every node reports the same figures',
    labelNames: ['fate'],
    registers: [registry],
    collect() {
      for (const fate of FATES) this.set({ fate }, sources.items()[fate])
    },
  })
  readEventLoop(registry)
  new Counter({
    name: 'watchfloor_log_lines_total',
    help: 'Log lines, including those held back because too many said the same',
    labelNames: ['level'],
    registers: [registry],
    collect() {
      this.reset()
      for (const level of LEVELS) this.inc({ level }, sources.logLines[level])
    },
  })
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HOUR_MS })
  for (const name of TIMER_LAG) registry.removeSingleMetric(name)
}

/** What prom-client measures of the event loop by a timer: `readEventLoop` says it for less. */
const TIMER_LAG = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (of) => `nodejs_eventloop_lag_${of}_seconds`,
)
const HOUR_MS = 3_600_000
