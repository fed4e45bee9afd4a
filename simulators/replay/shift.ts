import type { Due } from './pauses.ts'
import type { Item, Span } from './recording.ts'

/**
 * Time that an item is due to time of replay: the first at `start` and the others as they are played; at top speed, the
 * last one at `start`.
 */
const clockOf = ({ first, last }: Span, start: number, speed: number): ((t: number) => number) => {
  if (speed === Number.POSITIVE_INFINITY) return (t) => t + start - last
  return (t) => start + Math.round((t - first) / speed)
}

/**
 * Items as if they happened while they are played from `start` (Unix milliseconds) on, at `speed` recorded seconds a
 * second: so no time lies ahead of the clock. `span`: when the first and the last are due. Numbered anew from
 * `firstNumber`, without gaps in each symbol and device, so that a recording can be played again and again.
 */
export function* shift(
  items: Iterable<Due>,
  span: Span,
  start: number,
  firstNumber: number,
  speed: number,
): Generator<Due> {
  const moved = clockOf(span, start, speed)
  const numbers = new Map<string, number>()
  const next = (name: string) => {
    const number = numbers.get(name) ?? firstNumber
    numbers.set(name, number + 1)
    return number
  }
  const shifted = (item: Item, t: number): Item => {
    if (item.kind === 'fix') return { ...item, fix: { ...item.fix, t, n: next(`d:${item.fix.id}`) } }
    if (item.kind === 'quote') return { ...item, quote: { ...item.quote, t } }
    return { ...item, trade: { ...item.trade, t, id: next(`s:${item.symbol}`) } }
  }
  for (const { item, due } of items) yield { item: shifted(item, moved(due)), due }
}
