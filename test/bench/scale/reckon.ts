import { type Report, show } from '../report.ts'

/** What is measured, as `figures` of scale and ingest name it. µs of processor time, KB, bytes. */
export type Slopes = {
  perSecond: number
  perDelivery: number
  perFrame: number
  perMessage: number
  perFlush: number
  kbPerClient: number
  bytesPerDelivery: number
  redisPerUpdate: number
  redisPerNode: number
}

/**
 * Share of a core that a node, and a Redis, is given at most: the rest is for bursts, for others that fail, and for
 * garbage collection.
 */
export const BUSY = 0.6
/** Flushes a second under load, with the longest wait as it comes (50 ms). */
const FLUSHES = 20
const SECOND = 1e6

/**
 * So many clients, each watching `each` of `topics` topics that have `rate` updates a second each; every node's clients
 * together watch them all.
 */
export type Floor = { what: string; clients: number; topics: number; each: number; rate: number }

export type Reckoned = {
  deliveries: number
  clientMicros: number
  intake: number
  clientsPerNode: number
  nodes: number
  gbPerNode: number
  mbitPerNode: number
  gbit: number
  redisCores: number
  primaries: number
  redisGbit: number
}

/**
 * How many nodes and Redis primaries a floor takes, by the slopes. `clientsPerNode` is 0 where a node cannot even take
 * the updates in.
 */
export const reckon = ({ clients, topics, each, rate }: Floor, slopes: Slopes): Reckoned => {
  const updates = topics * rate
  const perClient = each * rate
  // Updates come at random: a client has a frame in a flush unless nothing came for it.
  const frames = FLUSHES * (1 - Math.exp(-perClient / FLUSHES))
  const clientMicros = perClient * slopes.perDelivery + frames * slopes.perFrame
  const intake = updates * slopes.perMessage
  const room = BUSY * SECOND - slopes.perSecond - intake - FLUSHES * slopes.perFlush
  const clientsPerNode = Math.max(0, Math.floor(room / clientMicros))
  const nodes = clientsPerNode > 0 ? Math.ceil(clients / clientsPerNode) : Number.POSITIVE_INFINITY
  const redisCores = (updates * (slopes.redisPerUpdate + nodes * Math.max(0, slopes.redisPerNode))) / SECOND
  const bytes = perClient * slopes.bytesPerDelivery
  return {
    deliveries: clients * perClient,
    clientMicros,
    intake: intake / SECOND,
    clientsPerNode,
    nodes,
    gbPerNode: (clientsPerNode * slopes.kbPerClient) / 2 ** 20,
    mbitPerNode: (clientsPerNode * bytes * 8) / 1e6,
    gbit: (clients * bytes * 8) / 1e9,
    redisCores,
    primaries: Math.ceil(redisCores / BUSY),
    redisGbit: (updates * nodes * slopes.bytesPerDelivery * 8) / 1e9,
  }
}

const MILLION = 1_000_000
export const FLOORS: readonly Floor[] = [
  { what: '1,000 symbols, 1 update/s each', clients: MILLION, topics: 1000, each: 20, rate: 1 },
  { what: '4,000 symbols, 1 update/s each', clients: MILLION, topics: 4000, each: 20, rate: 1 },
  { what: '4,000 symbols, 5 updates/s each', clients: MILLION, topics: 4000, each: 20, rate: 5 },
]

/** A table of what a million clients take. */
export const reckonTable = (slopes: Slopes): Report['tables'][number] => ({
  title: '1,000,000 clients that watch 20 symbols each',
  head: [
    'floor',
    'deliveries/s',
    'µs/s a client',
    'intake, % of a node',
    'clients a node',
    'nodes',
    'GB a node',
    'Mbit/s a node',
    'Gbit/s in all',
    'Redis cores',
    'primaries',
    'Gbit/s out of Redis',
  ],
  rows: FLOORS.map((floor) => {
    const it = reckon(floor, slopes)
    return [
      floor.what,
      show(it.deliveries, 0),
      show(it.clientMicros, 0),
      show(it.intake * 100, 0),
      show(it.clientsPerNode, 0),
      show(it.nodes, 0),
      show(it.gbPerNode, 2),
      show(it.mbitPerNode, 0),
      show(it.gbit, 0),
      show(it.redisCores, 1),
      show(it.primaries, 0),
      show(it.redisGbit, 1),
    ]
  }),
})

/** The slopes among a run's figures; null where one was not measured. */
export const slopesOf = (figures: Report['figures']): Slopes | null => {
  const names = {
    perSecond: 'scale.microsPerIdleSecond',
    perDelivery: 'scale.microsPerDelivery',
    perFrame: 'scale.microsPerFrame',
    perMessage: 'scale.microsPerMessage',
    perFlush: 'scale.microsPerFlush',
    kbPerClient: 'scale.kbPerClient',
    bytesPerDelivery: 'scale.bytesPerDelivery',
    redisPerUpdate: 'scale.redisMicrosPerUpdate',
    redisPerNode: 'scale.redisMicrosPerNode',
  } as const
  const values = Object.entries(names).map(([name, figure]) => [name, figures[figure] ?? null] as const)
  return values.some(([, value]) => value === null) ? null : (Object.fromEntries(values) as Slopes)
}

const NAMES: Record<keyof Slopes, string> = {
  perDelivery: 'a delivery to a client, µs of a node',
  perFrame: 'a frame to a client, µs of a node',
  perMessage: 'an update taken in from Redis, µs of a node',
  perFlush: 'a flush besides its frames, µs of a node',
  perSecond: 'a second of a node with nothing to do, µs',
  kbPerClient: 'a client that watches 20 symbols, KB of a node',
  bytesPerDelivery: 'a delivery to a client, bytes',
  redisPerUpdate: 'an update published by itself, µs of Redis',
  redisPerNode: 'an update published, µs of Redis more for each node that hears it',
}

export const slopesTable = (slopes: Slopes): Report['tables'][number] => ({
  title: 'Slopes',
  head: ['what', 'measured'],
  rows: (Object.keys(NAMES) as (keyof Slopes)[]).map((name) => [NAMES[name], show(slopes[name], 1)]),
})
