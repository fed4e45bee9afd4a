import type { Bench, BenchOptions } from './bench.ts'
import { rounds } from './bench.ts'
import type { Floor } from './floor.ts'
import { emptyReport, median, type Report, ratio, rounded, show } from './report.ts'
import { type Measured, measure, type Workload } from './run.ts'
import { CONTENDERS, type ContenderKey } from './servers.ts'

type Load = { title: string; floor: Floor; tradesPerSecond: number }

const DESK: Floor = { clients: 400, symbols: 200, each: 20 }
const LOADS = {
  w1: { title: '400 clients watching 20 of 200 symbols, 500 trades/s', floor: DESK, tradesPerSecond: 500 },
  w2: { title: '400 clients watching 20 of 200 symbols, 2,000 trades/s', floor: DESK, tradesPerSecond: 2000 },
  hot: {
    title: '2,000 clients watching one symbol, 50 trades/s',
    floor: { clients: 2000, symbols: 1, each: 1 },
    tradesPerSecond: 50,
  },
} as const satisfies Record<string, Load>
type LoadKey = keyof typeof LOADS

const KEYS = Object.keys(CONTENDERS) as ContenderKey[]
/** A load process that uses more of its core than this may itself be what delays. */
const BUSY = 0.9
/** Where programs that are not of the bench use more of a core than this, delays may be theirs. */
const FOREIGN = 0.25

type Results = Record<LoadKey, Record<ContenderKey, Measured[]>>

const emptyResults = (): Results => {
  const perLoad = () => Object.fromEntries(KEYS.map((key) => [key, []])) as unknown as Record<ContenderKey, Measured[]>
  return { w1: perLoad(), w2: perLoad(), hot: perLoad() }
}

/**
 * A server runs for weeks: it is measured once its code is compiled, which takes some ten seconds at the lowest of
 * these loads.
 */
const timing = ({ quick }: BenchOptions) => ({ warmUpMs: quick ? 3000 : 12_000, windowMs: quick ? 4000 : 8000 })

/** One run; what went wrong is in the report, also where there are no figures at all. */
const runOnce = async (options: BenchOptions, load: LoadKey, key: ContenderKey, report: Report) => {
  const { floor, tradesPerSecond } = LOADS[load]
  const workload: Workload = { floor, tradesPerSecond, ...timing(options) }
  const name = `fanout ${load}, ${CONTENDERS[key].name}`
  try {
    const measured = await measure(options.machine, key, workload)
    if (measured.failure) report.failures.push(`${name}: ${measured.failure}`)
    const { server, load: loadShare, redis, feed, others } = measured.cores
    const around = (loadShare ?? 0) + (redis ?? 0) + (feed ?? 0)
    if (around > BUSY) report.notes.push(`${name}: the load's core was ${show(around * 100, 0)}% busy`)
    if ((others ?? 0) > FOREIGN)
      report.notes.push(`${name}: other programs used ${show((others ?? 0) * 100, 0)}% of a core meanwhile`)
    options.say(
      `${name}: ${show(measured.cpuMicros, 2)} µs, p99 ${show(measured.delays.p99)} ms, server ${show((server ?? 0) * 100, 0)}%, load's core ${show(around * 100, 0)}%, others ${show((others ?? 0) * 100, 0)}%${measured.failure ? `, FAILED: ${measured.failure}` : ''}`,
    )
    return measured
  } catch (error) {
    if (!options.signal.aborted) report.failures.push(`${name}: ${(error as Error).message}`)
    return null
  }
}

/** The middle of a value over the runs in which nothing was lost or repeated. */
const middle = (runs: readonly Measured[], value: (run: Measured) => number | null): number | null =>
  median(runs.filter(({ failure }) => failure === null).map(value))

const cpu = (runs: readonly Measured[]) => middle(runs, ({ cpuMicros }) => cpuMicros)
const p99 = (runs: readonly Measured[]) => middle(runs, ({ delays }) => delays.p99)

const row = (key: ContenderKey, runs: readonly Measured[]): string[] => {
  const around = (run: Measured) => ((run.cores.load ?? 0) + (run.cores.redis ?? 0) + (run.cores.feed ?? 0)) * 100
  return [
    CONTENDERS[key].name,
    show(
      middle(runs, ({ deliveriesPerSecond }) => deliveriesPerSecond),
      0,
    ),
    show(cpu(runs), 2),
    show(
      middle(runs, ({ cores }) => (cores.server ?? 0) * 100),
      0,
    ),
    show(middle(runs, ({ delays }) => delays.p50)),
    show(middle(runs, ({ delays }) => delays.p95)),
    show(p99(runs)),
    show(
      middle(runs, ({ bytesPerDelivery }) => bytesPerDelivery),
      0,
    ),
    show(middle(runs, ({ deliveriesPerFrame }) => deliveriesPerFrame)),
    show(
      middle(runs, ({ residentMb }) => residentMb),
      0,
    ),
    show(middle(runs, around), 0),
    `${runs.filter(({ failure }) => failure === null).length} of ${runs.length}`,
  ]
}

const HEAD = ['server', 'deliveries/s', 'µs CPU each', 'core %', 'p50 ms', 'p95', 'p99', 'bytes each', 'per frame']
const MORE = ['RSS MB', 'load core %', 'whole runs']

const figures = (results: Results): Report['figures'] => {
  const all: Report['figures'] = {}
  for (const load of Object.keys(LOADS) as LoadKey[]) {
    const { watchfloor, fixed, signedIn, adapter, ws, wsBatch } = results[load]
    const against = { Adapter: adapter, Ws: ws, WsBatch: wsBatch }
    // At 80,000 a second the aim is set for a fixed wait of 50 ms; elsewhere for the pacing as it comes.
    const main = load === 'w2' ? fixed : watchfloor
    for (const [name, runs] of Object.entries(against)) {
      all[`fanout.${load}.cpuVs${name}`] = ratio(cpu(main), cpu(runs))
      all[`fanout.${load}.default.cpuVs${name}`] = ratio(cpu(watchfloor), cpu(runs))
      all[`fanout.${load}.fixed.cpuVs${name}`] = ratio(cpu(fixed), cpu(runs))
    }
    all[`fanout.${load}.cpuSignedIn`] = ratio(cpu(signedIn), cpu(watchfloor))
    all[`fanout.${load}.signedIn.p99`] = p99(signedIn)
    all[`fanout.${load}.p99`] = p99(watchfloor)
    all[`fanout.${load}.fixed.p99`] = p99(fixed)
    all[`fanout.${load}.cpuMicros`] = cpu(watchfloor)
    all[`fanout.${load}.fixed.cpuMicros`] = cpu(fixed)
    all[`fanout.${load}.adapter.p99`] = p99(adapter)
    all[`fanout.${load}.ws.p99`] = p99(ws)
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, rounded(value)]))
}

/** Watchfloor, as it comes and in other ways, beside three plain servers under the same loads, their runs interleaved. */
export const fanout: Bench = async (options) => {
  const report = emptyReport()
  const results = emptyResults()
  for (let round = 0; round < rounds(options); round++)
    for (const load of Object.keys(LOADS) as LoadKey[])
      for (const key of KEYS) {
        if (options.signal.aborted) continue
        const measured = await runOnce(options, load, key, report)
        if (measured) results[load][key].push(measured)
      }
  for (const [load, { title }] of Object.entries(LOADS))
    report.tables.push({
      title: `Fan-out: ${title}`,
      head: [...HEAD, ...MORE],
      rows: KEYS.map((key) => row(key, results[load as LoadKey][key])),
    })
  report.figures = figures(results)
  return report
}
