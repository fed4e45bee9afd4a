import type { Machine } from './machine.ts'
import type { Report } from './report.ts'

/** What every bench is given. */
export type BenchOptions = {
  machine: Machine
  /** Short runs, one of each: to see that it works, not to quote. */
  quick: boolean
  /** The parts of the bench to run, by name; none for all. */
  only: readonly string[]
  /** Told what is under way. */
  say: (line: string) => void
  /** Aborted when the bench is to stop. */
  signal: AbortSignal
}

export type Bench = (options: BenchOptions) => Promise<Report>

/** How often each run is repeated. */
export const rounds = ({ quick }: Pick<BenchOptions, 'quick'>): number => (quick ? 1 : 3)
