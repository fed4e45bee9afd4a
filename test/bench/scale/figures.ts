import { median, type Report, ratio, rounded, show } from '../report.ts'
import { fitCosts, fitLine } from './fit.ts'
import type { NodeFigures, ScaleRun } from './nodes.ts'
import { SETUP_KEYS, SETUPS, type SetupKey } from './plan.ts'

export type Runs = Record<SetupKey, ScaleRun[]>

const total = (run: ScaleRun, of: (node: NodeFigures) => number): number =>
  run.nodes.reduce((sum, node) => sum + of(node), 0)
const cpuOf = (run: ScaleRun): number => total(run, ({ cpu }) => cpu ?? 0)
const deliveriesOf = (run: ScaleRun): number => total(run, ({ deliveries }) => deliveries)

/** The middle over the runs in which nothing was lost or repeated. */
const middle = (runs: readonly ScaleRun[], value: (run: ScaleRun) => number | null): number | null =>
  median(runs.filter(({ failure }) => failure === null).map(value))

/** Processor time of all nodes per delivery, in microseconds. */
const perDelivery = (runs: readonly ScaleRun[]): number | null =>
  middle(runs, (run) => ratio(cpuOf(run) * 1e6, deliveriesOf(run)))
const nodeCpu = (runs: readonly ScaleRun[]): number | null => middle(runs, cpuOf)

/** What one update costs Redis, by the number of nodes that hear it, in microseconds. */
const redisLine = (runs: Runs) =>
  fitLine(
    (['idle', 'fixed1', 'fixed2', 'fixed3'] as const).flatMap((key) =>
      runs[key].flatMap((run) =>
        run.redis === null ? [] : [[key === 'idle' ? 0 : run.nodes.length, (run.redis * 1e6) / run.updates] as const],
      ),
    ),
  )

export const COSTS = ['second', 'delivery', 'frame', 'message', 'flush'] as const
/** What a node's time goes into, in microseconds each: fitted over all nodes of all runs with symbols. */
export const costsOf = (runs: Runs): Partial<Record<(typeof COSTS)[number], number>> => {
  const nodes = SETUP_KEYS.filter((key) => 'desk' in SETUPS[key]).flatMap((key) =>
    runs[key].filter(({ failure }) => failure === null).flatMap((run) => run.nodes),
  )
  const known = nodes.filter(({ cpu }) => cpu !== null)
  const costs = fitCosts(
    known.map(({ deliveries, frames, messages, flushes }) => [1, deliveries, frames, messages, flushes]),
    known.map(({ cpu }) => (cpu ?? 0) * 1e6),
  )
  return costs ? Object.fromEntries(COSTS.map((name, i) => [name, costs[i] ?? 0])) : {}
}

const row = (key: SetupKey, runs: readonly ScaleRun[]): string[] => [
  SETUPS[key].title,
  show(middle(runs, deliveriesOf), 0),
  show(perDelivery(runs), 2),
  show((nodeCpu(runs) ?? Number.NaN) * 100, 1),
  show(
    middle(runs, (run) => (total(run, ({ cpu }) => cpu ?? 0) / run.nodes.length) * 100),
    1,
  ),
  show(
    middle(runs, (run) => total(run, ({ messages }) => messages) / run.nodes.length),
    0,
  ),
  show(
    middle(runs, (run) =>
      ratio(
        deliveriesOf(run),
        total(run, ({ frames }) => frames),
      ),
    ),
    1,
  ),
  show(
    middle(runs, (run) => Math.max(...run.nodes.map(({ delays }) => delays.p99))),
    1,
  ),
  show(
    middle(runs, (run) => (run.redis ?? 0) * 100),
    1,
  ),
  show(
    middle(runs, (run) => ratio((run.redis ?? 0) * 1e6, run.updates)),
    1,
  ),
  `${runs.filter(({ failure }) => failure === null).length} of ${runs.length}`,
]

const HEAD = ['what', 'deliveries/s', 'µs CPU each', 'all nodes %', 'a node %', 'updates in/s, a node']
const MORE = ['per frame', 'p99 ms', 'Redis %', "Redis's µs an update", 'whole runs']

const table = (runs: Runs, title: string, keys: readonly SetupKey[]): Report['tables'][number] => ({
  title,
  head: [...HEAD, ...MORE],
  rows: keys.filter((key) => runs[key].length > 0).map((key) => row(key, runs[key])),
})

export const tablesOf = (runs: Runs, kilobytes: number | null): Report['tables'] => {
  const costs = costsOf(runs)
  const redis = redisLine(runs)
  const delivered = middle(runs.fixed1, (run) =>
    ratio(
      total(run, ({ bytes }) => bytes),
      deliveriesOf(run),
    ),
  )
  return [
    table(runs, 'Scale: nodes. 400 clients watching 20 of 200 symbols, 2,000 trades/s; 1,600 where it says so', [
      'fixed1',
      'fixed2',
      'fixed3',
      'default1',
      'default2',
      'default3',
      'busy1',
      'busy2',
    ]),
    table(runs, 'Scale: topics. 800 clients watching 20 of the same 200 symbols, 1 trade/s of each that is published', [
      'topics200',
      'topics1000',
      'topics4000',
    ]),
    table(runs, 'Scale: clients. Each watching 20 of 200 symbols, 2,000 trades/s', [
      'idle',
      'few',
      'clients200',
      'fixed1',
      'clients800',
    ]),
    table(runs, 'Scale: map. 200 clients with a view of 10 km, 5,000 devices, 1,000 fixes/s', ['map1', 'map2']),
    {
      title: 'Scale: slopes',
      head: ['what', 'costs'],
      rows: [
        ['a delivery to a client', `${show(costs.delivery, 2)} µs of a node`],
        ['a frame written to a client', `${show(costs.frame, 1)} µs of a node`],
        ['an update taken in from Redis', `${show(costs.message, 1)} µs of a node`],
        ['a flush, besides its frames', `${show(costs.flush, 0)} µs of a node`],
        ['a second of a node with nothing to do', `${show((costs.second ?? Number.NaN) / 1000, 1)} ms of a node`],
        ['a client that watches 20 symbols', `${show(kilobytes, 1)} KB of a node`],
        ['a delivery to a client', `${show(delivered, 0)} bytes of the network`],
        ['an update published', `${show(redis?.at0, 1)} µs of Redis`],
        ['an update published, for each node that hears it', `${show(redis?.slope, 1)} µs of Redis`],
      ],
    },
  ]
}

export const figuresOf = (runs: Runs, kilobytes: number | null): Report['figures'] => {
  const { delivery = null, frame = null, message = null, flush = null, second = null } = costsOf(runs)
  const redis = redisLine(runs)
  const against = (key: SetupKey, base: SetupKey) => ratio(perDelivery(runs[key]), perDelivery(runs[base]))
  const all: Report['figures'] = {
    'scale.twoNodesVsOne': against('fixed2', 'fixed1'),
    'scale.threeNodesVsOne': against('fixed3', 'fixed1'),
    'scale.busy.twoNodesVsOne': against('busy2', 'busy1'),
    'scale.default.twoNodesVsOne': against('default2', 'default1'),
    'scale.default.threeNodesVsOne': against('default3', 'default1'),
    'scale.unwatchedTopics': against('topics4000', 'topics200'),
    'scale.unwatchedTopics5': against('topics1000', 'topics200'),
    'scale.clients800Vs200': against('clients800', 'clients200'),
    'scale.map.twoNodesVsOne': against('map2', 'map1'),
    'scale.cpuMicros': perDelivery(runs.fixed1),
    'scale.default.cpuMicros': perDelivery(runs.default1),
    'scale.map.cpuMicros': perDelivery(runs.map1),
    'scale.microsPerDelivery': delivery,
    'scale.microsPerFrame': frame,
    'scale.microsPerMessage': message,
    'scale.microsPerFlush': flush,
    'scale.microsPerIdleSecond': second,
    'scale.kbPerClient': kilobytes,
    'scale.redisMicrosPerUpdate': redis?.at0 ?? null,
    'scale.redisMicrosPerNode': redis?.slope ?? null,
    'scale.map.redisMicrosPerUpdate': middle(runs.map1, (run) => ratio((run.redis ?? 0) * 1e6, run.updates)),
    'scale.bytesPerDelivery': middle(runs.fixed1, (run) =>
      ratio(
        total(run, ({ bytes }) => bytes),
        deliveriesOf(run),
      ),
    ),
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, rounded(value)]))
}
