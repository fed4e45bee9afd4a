import { type Figures, figuresOf, reportFigures } from './abuse/figures.ts'
import { type Ground, openGround, SIDE_KEYS, type Side } from './abuse/ground.ts'
import { isKind, KIND_KEYS, KINDS, type KindKey } from './abuse/kinds.ts'
import { type Run, runAbuse, type Timing } from './abuse/run.ts'
import { describeOutcome, type Results, tablesOf } from './abuse/tables.ts'
import type { Bench, BenchOptions } from './bench.ts'
import { emptyReport, type Report, show } from './report.ts'

/** Where other programs use more of a core than this, it is noted. */
const FOREIGN = 0.25

const QUICK: Timing = { warmUpMs: 3000, abuseMs: 6000, restMs: 4000, afterMs: 2000 }
const WHOLE: Timing = { warmUpMs: 8000, abuseMs: 24_000, restMs: 10_000, afterMs: 3000 }
/** What an abuse does to the plain server shows at once. */
const timing = ({ quick }: BenchOptions, side: Side): Timing => (quick || side === 'adapter' ? QUICK : WHOLE)

const describe = (run: Run, seconds: number): string => {
  const { p99, p99Ratio, addedCpu, peakMb, leftMb, health } = figuresOf(run)
  if (run.diedAfterS !== null) return `DIED after ${show(run.diedAfterS)} s`
  const others = run.during.cores.others * 100
  const harm = run.harm ? `, the others: ${run.harm}` : ''
  return `p99 ${show(p99)} ms (×${show(p99Ratio, 2)}), +${show((addedCpu ?? 0) * 100, 0)}% of a core, peak ${show(peakMb, 0)} MB, ${show(leftMb, 0)} MB left, /healthz ${show(health)} ms, abuser ${show(run.during.cores.abuser * 100, 0)}%, Redis ${show(run.during.cores.redis * 100, 0)}%, other programs ${show(others, 0)}%${harm}; ${describeOutcome(run.outcome, seconds)}`
}

const runOnce = async (options: BenchOptions, ground: Ground, side: Side, kind: KindKey, report: Report) => {
  const name = `abuse ${kind}, ${side}`
  const times = timing(options, side)
  try {
    const run = await runAbuse(options.machine, ground, side, kind, times)
    options.say(`${name}: ${describe(run, times.abuseMs / 1000)}`)
    if (run.during.cores.others > FOREIGN)
      report.notes.push(`${name}: other programs used ${show(run.during.cores.others * 100, 0)}% of a core meanwhile`)
    if (run.harm) report.notes.push(`${name}: clients who do no harm: ${run.harm}`)
    if (side === 'watchfloor' && run.diedAfterS !== null) report.failures.push(`${name}: the node died`)
    return run
  } catch (error) {
    if (!options.signal.aborted) report.failures.push(`${name}: ${(error as Error).message}`)
    return null
  }
}

const kindsOf = (only: readonly string[]): KindKey[] => {
  const unknown = only.filter((name) => !isKind(name))
  if (unknown.length > 0) throw new Error(`no such abuse: ${unknown.join(', ')}. There are: ${KIND_KEYS.join(', ')}`)
  return only.length > 0 ? only.filter(isKind) : KIND_KEYS
}

const runAll = async (options: BenchOptions, ground: Ground, kinds: KindKey[], report: Report): Promise<Results> => {
  const results: Results = { watchfloor: new Map(), adapter: new Map() }
  for (const kind of kinds)
    for (const side of SIDE_KEYS) {
      if (options.signal.aborted || (side === 'adapter' && !KINDS[kind].rival)) continue
      const run = await runOnce(options, ground, side, kind, report)
      if (run) results[side].set(kind, run)
    }
  return results
}

/** What everybody else notices of each abuse, and what it costs the node; beside plain Socket.IO with its adapter. */
export const abuse: Bench = async (options) => {
  const report = emptyReport()
  const kinds = kindsOf(options.only)
  const ground = await openGround(options.machine)
  try {
    const results = await runAll(options, ground, kinds, report)
    const all = (runs: Map<KindKey, Run>): Map<KindKey, Figures> =>
      new Map([...runs].map(([kind, run]) => [kind, figuresOf(run)]))
    const figures = { watchfloor: all(results.watchfloor), adapter: all(results.adapter) }
    report.tables = tablesOf(figures, results, (side) => timing(options, side).abuseMs / 1000)
    report.figures = reportFigures(figures.watchfloor, figures.adapter)
    return report
  } finally {
    await ground.close()
  }
}
