import { type Report, ratio, rounded } from '../report.ts'
import { KINDS, type KindKey } from './kinds.ts'
import type { Phase } from './phase.ts'
import type { Run } from './run.ts'

/**
 * What a run says, against quiet: before or after, whichever is less, for what follows an abuse may be its doing too.
 */
export type Figures = {
  died: boolean
  quiet: { p99: number; health: number; cpu: number }
  /** The rest is null where the server died. */
  p50: number | null
  p99: number | null
  p99Ratio: number | null
  health: number | null
  /**
   * Shares of a core: the server; what the abuse added in its later half, when what a client may save up is spent; the
   * abuser.
   */
  cpu: number | null
  addedCpu: number | null
  abuserCpu: number | null
  /** Resident memory in MB, and after the rest against before. */
  beforeMb: number
  peakMb: number | null
  memory: number | null
}

const quietOf = ({ before, after }: Run): Figures['quiet'] => {
  const less = (value: (phase: Phase) => number): number =>
    Math.min(value(before), after === null ? Number.POSITIVE_INFINITY : value(after))
  return {
    p99: less(({ delays }) => delays.p99),
    health: less(({ health }) => health.p99),
    cpu: less(({ cores }) => cores.server),
  }
}

export const figuresOf = (run: Run): Figures => {
  const { before, during, after, diedAfterS } = run
  const quiet = quietOf(run)
  const died = diedAfterS !== null
  const alive = <T>(value: T): T | null => (died ? null : value)
  return {
    died,
    quiet,
    p50: alive(during.delays.p50),
    p99: alive(during.delays.p99),
    p99Ratio: alive(ratio(during.delays.p99, quiet.p99)),
    health: alive(during.health.p99),
    cpu: alive(during.cores.server),
    addedCpu: alive(during.laterServer - quiet.cpu),
    abuserCpu: alive(during.cores.abuser),
    beforeMb: before.endMb,
    peakMb: alive(during.peakMb),
    memory: after === null ? null : ratio(after.endMb, before.endMb),
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
      [`${name}.died`]: Number(died),
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
    'abuse.died': worst(({ died }) => Number(died)),
    'abuse.worstP99Ratio': worst(({ p99Ratio }) => p99Ratio),
    'abuse.worstClientCpu': worst(({ addedCpu }) => addedCpu, alone),
    'abuse.worstMemory': worst(({ memory }) => memory),
  }
}
