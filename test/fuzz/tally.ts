import type { Outcome } from './surface.ts'

/** What came of the cases of one surface. */
export type Tally = { cases: number; refusals: Map<string, number>; cuts: number }

export const newTally = (): Tally => ({ cases: 0, refusals: new Map(), cuts: 0 })

export const count = (tally: Tally, { refusals, cut }: Outcome): void => {
  tally.cases++
  if (cut) tally.cuts++
  for (const kind of refusals) tally.refusals.set(kind, (tally.refusals.get(kind) ?? 0) + 1)
}

/** The most frequent kinds, in words. */
export const refusalsText = ({ refusals }: Tally, most = 4): string => {
  const kinds = [...refusals].sort(([, a], [, b]) => b - a)
  const told = kinds.slice(0, most).map(([kind, times]) => `${kind} ${times.toLocaleString('en')}`)
  return [...told, ...(kinds.length > most ? [`${kinds.length - most} more kinds`] : [])].join(', ')
}
