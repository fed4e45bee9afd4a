import { type Report, ratio, rounded, show } from '../bench/report.ts'
import type { Failure } from './failures.ts'
import type { Surface } from './surface.ts'
import { refusalsText, type Tally } from './tally.ts'
import type { Look } from './witness/probe.ts'

/** What came of one surface, over all its turns. */
export type SurfaceResult = {
  surface: Surface
  tally: Tally
  looks: Look[]
  /** Resident MB, rested: before its first turn, and after its last. */
  before: number | null
  after: number | null
}

export type FuzzReport = {
  seed: number
  minutes: number
  results: SurfaceResult[]
  quiet: Look[]
  /** Resident MB of the node, rested, before and after all of it. */
  memory: { before: number | null; after: number | null }
  failures: readonly Failure[]
  /** How often each kind of failure came. */
  kinds: ReadonlyMap<string, number>
  /** Faults that the node contained, by where. */
  contained: ReadonlyMap<string, number>
}

/** Of many looks, each by the updates in it. */
const p99Of = (looks: readonly Look[]): number | null => {
  const known = looks.filter(({ updates }) => updates > 0)
  const updates = known.reduce((sum, look) => sum + look.updates, 0)
  return updates === 0 ? null : known.reduce((sum, look) => sum + look.p99 * look.updates, 0) / updates
}
const longestOf = (looks: readonly Look[]): number => Math.max(0, ...looks.map(({ longest }) => longest))

const HEAD = ['surface', 'cases', 'cut', 'longest pause, ms', 'p99, ms', 'to quiet', 'MB before', 'after', 'refused']

const rowOf = ({ surface, tally, looks, before, after }: SurfaceResult, quiet: number | null): string[] => [
  surface.name,
  tally.cases.toLocaleString('en'),
  tally.cuts.toLocaleString('en'),
  show(longestOf(looks), 0),
  show(p99Of(looks)),
  show(ratio(p99Of(looks), quiet), 2),
  show(before, 0),
  show(after, 0),
  refusalsText(tally),
]

/** Memory is back where it is within a tenth of what it was; a young process still finds its size. */
export const MOST_GROWTH = 1.1
export const FLOOR_MB = 8
/** How much later live data may come while it is fuzzed. */
export const MOST_LATER = 1.5

/** What is not as it should be, besides failed cases; a machine that is busy can be the cause. */
const shortcomings = ({ memory: { before, after }, results, quiet }: FuzzReport): string[] => {
  const grown = before !== null && after !== null && after > before * MOST_GROWTH + FLOOR_MB
  const later = ratio(p99Of(results.flatMap(({ looks }) => looks)), p99Of(quiet))
  return [
    ...(grown ? [`memory: ${show(before)} MB before, ${show(after)} MB after`] : []),
    ...(later !== null && later > MOST_LATER ? [`live p99 is ${show(later, 2)} times what it was in quiet`] : []),
  ]
}

/** The report as tables and lines for people, and figures for programs. */
export const renderFuzz = (report: FuzzReport): Report => {
  const { results, quiet, memory, failures, kinds, contained } = report
  const rows = results.map((result) => rowOf(result, p99Of(quiet)))
  const all = results.flatMap(({ looks }) => looks)
  const cases = results.reduce((sum, { tally }) => sum + tally.cases, 0)
  return {
    figures: {
      cases,
      quietP99: rounded(p99Of(quiet)),
      p99: rounded(p99Of(all)),
      p99ToQuiet: rounded(ratio(p99Of(all), p99Of(quiet))),
      longestPauseMs: rounded(longestOf(all)),
      memoryBefore: rounded(memory.before),
      memoryAfter: rounded(memory.after),
    },
    tables: [{ title: 'Fuzzed, by surface', head: HEAD, rows }],
    failures: [
      ...failures.map(({ surface, number, faults, again }) => `${surface} ${number}: ${faults[0]}   (${again})`),
      ...shortcomings(report),
    ],
    notes: [
      ...[...kinds].map(([kind, times]) => `${times.toLocaleString('en')} times: ${kind}`),
      ...[...contained].filter(([, times]) => times > 0).map(([where, times]) => `contained: ${where}, ${times} times`),
    ],
  }
}
