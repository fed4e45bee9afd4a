import { median, type Report, ratio, rounded } from '../report.ts'
import { KINDS, type KindKey } from './kinds.ts'
import type { Run } from './run.ts'

/** The middle over all runs of one abuse on one server. */
export type Figures = {
  died: number
  quietP50: number | null
  quietP99: number | null
  p50: number | null
  p99: number | null
  /** p99 under the abuse against that in quiet: before or after, whichever is less, for what follows an abuse may be its doing too. */
  p99Ratio: number | null
  quietHealth: number | null
  health: number | null
  /** Shares of a core: the server in quiet, under the abuse; what the abuse added; the abuser; Redis under the abuse. */
  quietCpu: number | null
  cpu: number | null
  addedCpu: number | null
  abuserCpu: number | null
  redisCpu: number | null
  others: number | null
  /** Resident memory in MB, and after the rest against before. */
  beforeMb: number | null
  peakMb: number | null
  memory: number | null
}

export const figuresOf = (runs: readonly Run[]): Figures => {
  const middle = (value: (run: Run) => number | null): number | null => median(runs.map(value))
  const quiet = (value: (phase: Run['before']) => number) => (run: Run) =>
    Math.min(value(run.before), run.after ? value(run.after) : Number.POSITIVE_INFINITY)
  const quietP99 = quiet(({ delays }) => delays.p99)
  const quietCpu = quiet(({ cores }) => cores.server)
  const alive = (value: (run: Run) => number | null) => middle((run) => (run.diedAfterS === null ? value(run) : null))
  return {
    died: runs.filter(({ diedAfterS }) => diedAfterS !== null).length,
    quietP50: middle(quiet(({ delays }) => delays.p50)),
    quietP99: middle(quietP99),
    p50: alive(({ during }) => during.delays.p50),
    p99: alive(({ during }) => during.delays.p99),
    p99Ratio: alive((run) => ratio(run.during.delays.p99, quietP99(run))),
    quietHealth: middle(quiet(({ health }) => health.p99)),
    health: alive(({ during }) => during.health.p99),
    quietCpu: middle(quietCpu),
    cpu: alive(({ during }) => during.cores.server),
    addedCpu: alive((run) => run.during.cores.server - quietCpu(run)),
    abuserCpu: alive(({ during }) => during.cores.abuser),
    redisCpu: alive(({ during }) => during.cores.redis),
    others: middle(({ during }) => during.cores.others),
    beforeMb: middle(({ before }) => before.endMb),
    peakMb: alive(({ during }) => during.peakMb),
    memory: alive(({ before, after }) => ratio(after?.endMb ?? null, before.endMb)),
  }
}

/** Each abuse under its name, and the worst of all, for which the goals are set. */
export const reportFigures = (own: Map<KindKey, Figures>, rival: Map<KindKey, Figures>): Report['figures'] => {
  const all: Report['figures'] = {}
  const put = (name: string, { p99, p99Ratio, addedCpu, memory, peakMb, health, died }: Figures): void =>
    void Object.assign(all, {
      [`${name}.p99`]: rounded(p99),
      [`${name}.p99Ratio`]: rounded(p99Ratio),
      [`${name}.addedCpu`]: rounded(addedCpu),
      [`${name}.peakMb`]: rounded(peakMb),
      [`${name}.memory`]: rounded(memory),
      [`${name}.health`]: rounded(health),
      [`${name}.died`]: died,
    })
  for (const [kind, figures] of own) put(`abuse.${kind}`, figures)
  for (const [kind, figures] of rival) put(`abuse.${kind}.adapter`, figures)
  const worst = (of: (figures: Figures) => number | null, kinds = [...own.keys()]): number | null => {
    const values = kinds.flatMap((kind) => of(own.get(kind) as Figures) ?? [])
    return values.length > 0 ? rounded(Math.max(...values)) : null
  }
  const alone = [...own.keys()].filter((kind) => 'alone' in KINDS[kind])
  return {
    ...all,
    'abuse.died': worst(({ died }) => died),
    'abuse.worstP99Ratio': worst(({ p99Ratio }) => p99Ratio),
    'abuse.worstClientCpu': worst(({ addedCpu }) => addedCpu, alone),
    'abuse.worstMemory': worst(({ memory }) => memory),
  }
}
