import { type Bench, type BenchOptions, rounds } from './bench.ts'
import type { Floor } from './floor.ts'
import { emptyReport, median, type Report, ratio, rounded, show } from './report.ts'
import { type Measured, measureWindow, onStage } from './run.ts'
import { CONTENDERS, type ContenderKey, type RunningServer } from './servers.ts'
import type { Stage } from './stage.ts'

/** Each trade goes to 200 clients on average, so that the feed and Redis have little to do for many deliveries. */
const FLOOR: Floor = { clients: 1000, symbols: 200, each: 40 }
const PER_TRADE = (FLOOR.clients * FLOOR.each) / FLOOR.symbols
const KEYS = ['adapter', 'wsBatch', 'watchfloor'] as const satisfies ContenderKey[]
type Key = (typeof KEYS)[number]

/** Where the search starts, in deliveries a second, and how it goes on. */
const START: Record<Key, number> = { adapter: 30_000, wsBatch: 200_000, watchfloor: 200_000 }
const STEP = 1.2
const MOST_STEPS = 14
const MOST_P99_MS = 100
/** What must arrive of what was asked for: less means that the feed itself was held up. */
const LEAST_SHARE = 0.97

const held = (run: Measured, wanted: number): boolean =>
  run.failure === null && run.delays.p99 <= MOST_P99_MS && run.deliveriesPerSecond >= wanted * LEAST_SHARE

const FOREIGN = 0.25

const aroundOf = ({ cores }: Measured): number => (cores.load ?? 0) + (cores.redis ?? 0) + (cores.feed ?? 0)

const tryRate = (stage: Stage, server: RunningServer, wanted: number, { quick }: BenchOptions): Promise<Measured> => {
  const timing = quick ? { warmUpMs: 1500, windowMs: 4000 } : { warmUpMs: 2000, windowMs: 10_000 }
  return measureWindow(stage, server, { floor: FLOOR, tradesPerSecond: wanted / PER_TRADE, ...timing })
}

type Found = { deliveriesPerSecond: number; run: Measured | null; broke: Measured | null }

/** Goes up from `start` step by step as long as each holds; down where not even that does. */
const search = async (stage: Stage, server: RunningServer, start: number, options: BenchOptions): Promise<Found> => {
  const found: Found = { deliveriesPerSecond: 0, run: null, broke: null }
  let wanted = start
  for (let step = 0; step < MOST_STEPS && !options.signal.aborted; step++) {
    let run = await tryRate(stage, server, wanted, options)
    // What broke while other programs took the machine is tried once more.
    if (!held(run, wanted) && !run.failure && (run.cores.others ?? 0) > FOREIGN)
      run = await tryRate(stage, server, wanted, options)
    const holds = held(run, wanted)
    options.say(
      `  ${show(wanted, 0)}/s: ${holds ? 'held' : 'not held'}, p99 ${show(run.delays.p99)} ms, ${show(run.deliveriesPerSecond, 0)}/s, server ${show((run.cores.server ?? 0) * 100, 0)}%, load's core ${show(aroundOf(run) * 100, 0)}%, others ${show((run.cores.others ?? 0) * 100, 0)}%${run.failure ? `, ${run.failure}` : ''}`,
    )
    if (!holds) found.broke = run
    if (run.failure || (!holds && found.run)) break
    if (holds && run.deliveriesPerSecond > found.deliveriesPerSecond) {
      found.deliveriesPerSecond = run.deliveriesPerSecond
      found.run = run
    }
    // Once it had to go down, the first that holds is the answer.
    if (holds && found.broke) break
    wanted = holds ? wanted * STEP : wanted / STEP
  }
  return found
}

const searchOn = (key: Key, start: number, options: BenchOptions): Promise<Found> =>
  onStage(options.machine, key, FLOOR, async (stage, server) => {
    const { dialect } = CONTENDERS[key]
    const clients = { port: server.port, dialect, floor: FLOOR, from: 0, to: FLOOR.clients }
    await stage.load.ask('open', clients, 60_000)
    return search(stage, server, start, options)
  })

/** The highest delivery rate that each server holds, by going up in steps. */
export const capacity: Bench = async (options) => {
  const report: Report = emptyReport()
  const found: Record<Key, Found[]> = { adapter: [], wsBatch: [], watchfloor: [] }
  for (let round = 0; round < rounds(options); round++)
    for (const key of KEYS) {
      if (options.signal.aborted) continue
      const { name } = CONTENDERS[key]
      options.say(`capacity, ${name}`)
      const before = found[key].at(-1)?.deliveriesPerSecond
      try {
        found[key].push(await searchOn(key, before ? before / STEP : START[key], options))
      } catch (error) {
        if (!options.signal.aborted) report.failures.push(`capacity, ${name}: ${(error as Error).message}`)
      }
    }
  const rate = (key: Key): number | null => median(found[key].map(({ deliveriesPerSecond }) => deliveriesPerSecond))
  const at = (key: Key, value: (run: Measured) => number | null): number | null =>
    median(found[key].map(({ run }) => run && value(run)))
  for (const key of KEYS)
    for (const { broke } of found[key])
      if (broke && aroundOf(broke) > 0.95)
        report.notes.push(
          `capacity, ${CONTENDERS[key].name}: where it broke the load's core was ${show(aroundOf(broke) * 100, 0)}% busy, the server's ${show((broke.cores.server ?? 0) * 100, 0)}%: the machine's limit, maybe not the server's`,
        )
  report.tables.push({
    title: `Capacity: ${FLOOR.clients} clients watching ${FLOOR.each} of ${FLOOR.symbols} symbols, p99 at most ${MOST_P99_MS} ms`,
    head: ['server', 'deliveries/s held', 'p99 ms there', 'µs CPU each', 'core %', 'load core %'],
    rows: KEYS.map((key) => [
      CONTENDERS[key].name,
      show(rate(key), 0),
      show(at(key, ({ delays }) => delays.p99)),
      show(
        at(key, ({ cpuMicros }) => cpuMicros),
        2,
      ),
      show(
        at(key, ({ cores }) => (cores.server ?? 0) * 100),
        0,
      ),
      show(
        at(key, (run) => aroundOf(run) * 100),
        0,
      ),
    ]),
  })
  report.figures = {
    'capacity.vsAdapter': rounded(ratio(rate('watchfloor'), rate('adapter'))),
    'capacity.vsWsBatch': rounded(ratio(rate('watchfloor'), rate('wsBatch'))),
    'capacity.deliveriesPerSecond': rounded(rate('watchfloor')),
    'capacity.adapter.deliveriesPerSecond': rounded(rate('adapter')),
    'capacity.wsBatch.deliveriesPerSecond': rounded(rate('wsBatch')),
  }
  return report
}
