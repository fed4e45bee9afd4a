import type { Outcome } from '../abuser/outcome.ts'
import { type Report, show } from '../report.ts'
import type { Figures } from './figures.ts'
import type { Side } from './ground.ts'
import { KINDS, type KindKey } from './kinds.ts'
import type { Run } from './run.ts'

export type Results = Record<Side, Map<KindKey, Run>>

const percent = (share: number | null): string => show(share === null ? null : share * 100, 0)

/** What became of the abuser, in words: only what there was. */
export const describeOutcome = (outcome: Outcome, seconds: number): string => {
  const { served, limited, failed, sent, held, opened, turnedAway, cut, firstCutS, waits, remark } = outcome
  const rate = (count: number): string => show(count / seconds, count / seconds < 10 ? 1 : 0)
  const parts = [
    served > 0 && `served ${rate(served)}/s`,
    waits.p50 > 0 && `waited ${show(waits.p50, waits.p50 < 10 ? 1 : 0)} ms`,
    limited > 0 && `limited ${rate(limited)}/s`,
    failed > 0 && `failed ${rate(failed)}/s`,
    served + limited + failed === 0 && sent > 0 && `sent ${rate(sent)}/s`,
    held > 0 && `not read: ${rate(held)}/s`,
    cut > 0 && `cut ${cut} of ${opened}, first after ${show(firstCutS)} s`,
    turnedAway > 0 && `turned away ${turnedAway} of ${opened}`,
    remark,
  ]
  return parts.filter(Boolean).join('; ') || `${opened} opened, none cut`
}

const HEAD = [
  'abuse',
  'server',
  'p50 ms',
  'p99 quiet',
  'p99',
  'ratio',
  '/healthz p99 quiet',
  '/healthz p99',
  'core % quiet',
  'core %',
  'added %',
  'abuser %',
  'RSS MB',
  'peak',
  'left MB',
]

const SIDE_NAMES: Record<Side, string> = { watchfloor: 'watchfloor', adapter: 'adapter' }

const row = (kind: KindKey, side: Side, figures: Figures): string[] => {
  const { quiet } = figures
  return [
    side === 'watchfloor' ? kind : '',
    SIDE_NAMES[side],
    show(figures.p50),
    show(quiet.p99),
    figures.died ? 'died' : show(figures.p99),
    show(figures.p99Ratio, 2),
    show(quiet.health),
    show(figures.health),
    percent(quiet.cpu),
    percent(figures.cpu),
    percent(figures.addedCpu),
    percent(figures.abuserCpu),
    show(figures.beforeMb, 0),
    show(figures.peakMb, 0),
    show(figures.leftMb, 0),
  ]
}

/** What the others saw and the server spent; and what became of each abuser. */
export const tablesOf = (
  figures: Record<Side, Map<KindKey, Figures>>,
  results: Results,
  seconds: (side: Side) => number,
): Report['tables'] => {
  const kinds = [...figures.watchfloor.keys()]
  const sides = (kind: KindKey): Side[] =>
    (['watchfloor', 'adapter'] as const).filter((side) => figures[side].has(kind))
  const outcome = (kind: KindKey, side: Side): string => {
    const run = results[side].get(kind)
    if (!run) return '-'
    return run.diedAfterS === null
      ? describeOutcome(run.outcome, seconds(side))
      : `the server died after ${show(run.diedAfterS)} s`
  }
  return [
    {
      title: 'Abuse: 200 clients watching 20 of 200 symbols, 500 trades/s, beside it',
      head: HEAD,
      rows: kinds.flatMap((kind) =>
        sides(kind).flatMap((side) => {
          const own = figures[side].get(kind)
          return own ? [row(kind, side, own)] : []
        }),
      ),
    },
    {
      title: 'Abuse: what became of it',
      head: ['abuse', 'what', 'watchfloor', 'adapter'],
      rows: kinds.map((kind) => [kind, KINDS[kind].what, outcome(kind, 'watchfloor'), outcome(kind, 'adapter')]),
    },
  ]
}
