import { type Bench, type BenchOptions, rounds } from './bench.ts'
import { emptyReport, median, type Report, ratio, show } from './report.ts'
import { figuresOf, type Runs, tablesOf } from './scale/figures.ts'
import { kilobytesPerClient } from './scale/memory.ts'
import type { ScaleRun } from './scale/nodes.ts'
import { runSetup, SETUP_KEYS, SETUPS, type SetupKey } from './scale/plan.ts'

/**
 * Where all that shares the load's core uses more of it than this, or other programs more of a core than this, it is
 * noted.
 */
const BUSY = 0.9
const FOREIGN = 0.25

const percent = (share: number | null): string => show((share ?? 0) * 100, 0)

const runOnce = async (options: BenchOptions, key: SetupKey, report: Report): Promise<ScaleRun | null> => {
  const name = `scale ${key}`
  try {
    const run = await runSetup(options, SETUPS[key])
    if (run.failure) report.failures.push(`${name}: ${run.failure}`)
    const around = (run.load ?? 0) + (run.redis ?? 0)
    if (around > BUSY) report.notes.push(`${name}: the load's core was ${percent(around)}% busy`)
    if ((run.others ?? 0) > FOREIGN)
      report.notes.push(`${name}: other programs used ${percent(run.others)}% of a core meanwhile`)
    const cpu = run.nodes.reduce((sum, node) => sum + (node.cpu ?? 0), 0)
    const deliveries = run.nodes.reduce((sum, node) => sum + node.deliveries, 0)
    options.say(
      `${name}: ${show(ratio(cpu * 1e6, deliveries), 2)} µs, nodes ${run.nodes.map((node) => percent(node.cpu)).join(' + ')}%, p99 ${run.nodes.map(({ delays }) => show(delays.p99, 0)).join(', ')} ms, Redis ${percent(run.redis)}%, load ${percent(run.load)}%, others ${percent(run.others)}%${run.failure ? `, FAILED: ${run.failure}` : ''}`,
    )
    return run
  } catch (error) {
    if (!options.signal.aborted) report.failures.push(`${name}: ${(error as Error).message}`)
    return null
  }
}

/** One, two and three nodes under the same clients and feed; and what grows with topics, clients and nodes. */
export const scale: Bench = async (options) => {
  const report = emptyReport()
  const runs = Object.fromEntries(SETUP_KEYS.map((key) => [key, []])) as unknown as Runs
  const kilobytes: (number | null)[] = []
  for (let round = 0; round < rounds(options); round++) {
    for (const key of SETUP_KEYS) {
      if (options.signal.aborted) continue
      const run = await runOnce(options, key, report)
      if (run) runs[key].push(run)
    }
    if (options.signal.aborted) continue
    const each = await kilobytesPerClient(options).catch((error: Error) => {
      report.failures.push(`scale, memory: ${error.message}`)
      return null
    })
    options.say(`scale: ${show(each)} KB for a client that watches 20 symbols`)
    kilobytes.push(each)
  }
  report.tables = tablesOf(runs, median(kilobytes))
  report.figures = figuresOf(runs, median(kilobytes))
  return report
}
