import { type Bench, rounds } from './bench.ts'
import { EVERY_S, type Measured, possible, runOnce, SIDE_KEYS, SIDES, type SideKey } from './devices/run.ts'
import { emptyReport, median, ratio, rounded, show } from './report.ts'

const DEVICES = 20_000
const QUICK_DEVICES = 1000

const middle = (runs: readonly Measured[], value: (run: Measured) => number | null): number | null =>
  median(runs.filter(({ failure }) => failure === null).map(value))

/** What is told of one side, in the order of the table. */
const VALUES = {
  kb: ({ kb }) => kb,
  cpuMicros: ({ fixMicros }) => fixMicros,
  p50: ({ delays }) => delays.p50,
  p99: ({ delays }) => delays.p99,
  commandsPerSecond: (run) => run.commandsPerSecond,
  commandMicros: (run) => run.commandMicros,
} as const satisfies Record<string, (run: Measured) => number | null>
type Value = keyof typeof VALUES
const HEAD = ['server', 'KB each', 'µs CPU a fix', 'p50 ms', 'p99', 'commands/s', 'µs CPU a command']
const CORES = ['server %', 'load %', 'Redis %', 'server %, commands', 'whole runs']

const row = (key: SideKey, runs: readonly Measured[]): string[] => {
  const core = (of: keyof Measured['cores']) =>
    show(
      middle(runs, ({ cores }) => (cores[of] ?? 0) * 100),
      0,
    )
  return [
    SIDES[key].name,
    ...Object.entries(VALUES).map(([name, value]) => show(middle(runs, value), /micros|second/i.test(name) ? 0 : 1)),
    ...(['server', 'load', 'redis', 'commanding'] as const).map(core),
    `${runs.filter(({ failure }) => failure === null).length} of ${runs.length}`,
  ]
}

/**
 * Devices that are connected, report, and are asked for things, beside the same with rooms of Socket.IO and no state,
 * their runs interleaved.
 */
export const devices: Bench = async (options) => {
  const report = emptyReport()
  const results: Record<SideKey, Measured[]> = { watchfloor: [], adapter: [] }
  const wanted = options.quick ? QUICK_DEVICES : DEVICES
  const count = await possible(wanted)
  if (count < wanted) report.notes.push(`devices: ${count} of ${wanted}, for no process may have more files open here`)
  for (let round = 0; round < rounds(options); round++)
    for (const key of SIDE_KEYS) {
      if (options.signal.aborted) continue
      const measured = await runOnce(options, key, count, report)
      if (measured) results[key].push(measured)
    }
  report.tables.push({
    title: `Devices: ${count.toLocaleString('en')} connected, a fix of each in ${EVERY_S} s`,
    head: [...HEAD, ...CORES],
    rows: SIDE_KEYS.map((key) => row(key, results[key])),
  })
  const of = (key: SideKey, value: Value) => middle(results[key], VALUES[value])
  const vs = (value: Value) => ratio(of('watchfloor', value), of('adapter', value))
  const figures = {
    ...Object.fromEntries(Object.keys(VALUES).map((value) => [`devices.${value}`, of('watchfloor', value as Value)])),
    ...Object.fromEntries(
      Object.keys(VALUES).map((value) => [`devices.adapter.${value}`, of('adapter', value as Value)]),
    ),
    'devices.kbVsAdapter': vs('kb'),
    'devices.cpuVsAdapter': vs('cpuMicros'),
    'devices.commandsVsAdapter': vs('commandsPerSecond'),
  }
  report.figures = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]))
  return report
}
