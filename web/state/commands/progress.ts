import type { CommandState, Order, OrderCounts } from '../../../wire/commands.ts'

/**
 * How an order's devices stand, in a few words. Silent are those that got it, or should have, and said nothing; `open`:
 * this may still change by itself.
 */
export const STANDINGS = [
  { name: 'failed', title: 'Failed', states: ['failed', 'refused', 'expired'], open: false },
  { name: 'silent', title: 'Silent', states: ['sent', 'unknown'], open: true },
  { name: 'waiting', title: 'Not sent yet', states: ['queued'], open: true },
  { name: 'has', title: 'Under way', states: ['acknowledged'], open: true },
  { name: 'done', title: 'Done', states: ['done'], open: false },
  { name: 'dropped', title: 'Cancelled', states: ['cancelled', 'superseded'], open: false },
] as const satisfies readonly { name: string; title: string; states: readonly CommandState[]; open: boolean }[]
export type Standing = (typeof STANDINGS)[number]['name']
export const standingNamed = (name: Standing) => STANDINGS.find((one) => one.name === name) ?? STANDINGS[0]

/** How many are in one of these states. */
export const countOf = (counts: OrderCounts, states: readonly CommandState[]): number =>
  states.reduce((total, state) => total + (counts[state] ?? 0), 0)

/** How many stand how, failures first. */
export const standingsOf = (counts: OrderCounts) =>
  STANDINGS.map(({ name, title, states }) => ({ name: name as Standing, title, count: countOf(counts, states) }))

/** Devices to which it went out. */
export const sentOf = (counts: OrderCounts): number =>
  countOf(counts, ['sent', 'acknowledged', 'unknown', 'done', 'failed'])

/** Devices of which nothing is expected any more. `unknown` may still be closed by a late report, and nobody waits. */
const settledOf = (counts: OrderCounts): number =>
  countOf(counts, ['unknown', 'done', 'failed', 'refused', 'expired', 'cancelled', 'superseded'])
export const isOver = ({ devices }: Pick<Order, 'devices'>, counts: OrderCounts): boolean =>
  settledOf(counts) >= devices

/** The states of those for which the same may be asked again, where this is what one looks at. */
export const repeatable = (standing: Standing, over: boolean): readonly CommandState[] => {
  if (standing === 'silent') return over ? ['unknown', 'sent'] : ['unknown']
  const { open, states } = standingNamed(standing)
  return open || standing === 'done' ? [] : states
}
