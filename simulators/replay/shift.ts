import type { Item } from './recording.ts'

/**
 * Time that an item is due to time of replay: the first at `start` and the others as they are played; at top speed, the
 * last one at `start`.
 */
const clockOf = (due: readonly number[], start: number, speed: number): ((t: number) => number) => {
  const first = due[0] ?? start
  const last = due.at(-1) ?? start
  if (speed === Number.POSITIVE_INFINITY) return (t) => t + start - last
  return (t) => start + Math.round((t - first) / speed)
}

/**
 * Items as if they happened while they are played from `start` (Unix milliseconds) on, at `speed` recorded seconds a
 * second: so no time lies ahead of the clock. `due` are the times of the recording that they are due at. Numbered anew
 * from `firstNumber`, without gaps in each symbol and device, so that a recording can be played again and again.
 */
export const shift = (
  items: readonly Item[],
  due: readonly number[],
  start: number,
  firstNumber: number,
  speed: number,
): Item[] => {
  const moved = clockOf(due, start, speed)
  const numbers = new Map<string, number>()
  const next = (name: string) => {
    const number = numbers.get(name) ?? firstNumber
    numbers.set(name, number + 1)
    return number
  }
  return items.map((item, place) => {
    const t = moved(due[place] ?? item.t)
    if (item.kind === 'fix') return { ...item, fix: { ...item.fix, t, n: next(`d:${item.fix.id}`) } }
    if (item.kind === 'quote') return { ...item, quote: { ...item.quote, t } }
    return { ...item, trade: { ...item.trade, t, id: next(`s:${item.symbol}`) } }
  })
}
