import { type Report, ratio, rounded } from '../report.ts'
import { KINDS, type KindKey } from './kinds.ts'
import type { Phase } from './phase.ts'
import type { Run } from './run.ts'

/** What a run says, against as long a time of quiet before it. */
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
  /** Resident memory in MB; after the rest, how much more than before. */
  beforeMb: number
  peakMb: number | null
  leftMb: number | null
}

const quietOf = ({ delays, health, cores }: Phase): Figures['quiet'] => ({
  p99: delays.p99,
  health: health.p99,
  cpu: cores.server,
})

export const figuresOf = (run: Run): Figures => {
  const { before, during, after, diedAfterS } = run
  const quiet = quietOf(before)
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
    leftMb: after === null ? null : after.endMb - before.endMb,
  }
}

/** Each abuse under its name, and the worst of all, for which the goals are set. */
export const reportFigures = (own: Map<KindKey, Figures>, rival: Map<KindKey, Figures>): Report['figures'] => {
  const all: Report['figures'] = {}
  const put = (name: string, { p99, p99Ratio, addedCpu, leftMb, peakMb, health, died }: Figures): void =>
    void Object.assign(all, {
      [`${name}.p99`]: rounded(p99),
      [`${name}.p99Ratio`]: rounded(p99Ratio),
      [`${name}.addedCpu`]: rounded(addedCpu),
      [`${name}.peakMb`]: rounded(peakMb),
      [`${name}.leftMb`]: rounded(leftMb),
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
    'abuse.worstLeftMb': worst(({ leftMb }) => leftMb),
  }
}
