import type { Item } from './recording.ts'

/** Recorded time to time of replay: the first item at `start` and the others as they are played; at top speed, the last one at `start`. */
const clockOf = (items: readonly Item[], start: number, speed: number): ((t: number) => number) => {
  const first = items[0]?.t ?? start
  const last = items.at(-1)?.t ?? start
  if (speed === Number.POSITIVE_INFINITY) return (t) => t + start - last
  return (t) => start + Math.round((t - first) / speed)
}

/**
 * Items as if they happened while they are played from `start` (Unix milliseconds) on, at `speed` recorded seconds a second: so no time
 * lies ahead of the clock. Numbered anew from `firstNumber`, without gaps in each symbol and device, so that a recording
 * can be played again and again. Items keep the recorded time that they are due by.
 */
export const shift = (items: readonly Item[], start: number, firstNumber: number, speed: number): Item[] => {
  const moved = clockOf(items, start, speed)
  const numbers = new Map<string, number>()
  const next = (name: string) => {
    const number = numbers.get(name) ?? firstNumber
    numbers.set(name, number + 1)
    return number
  }
  return items.map((item) => {
    const t = moved(item.t)
    if (item.kind === 'fix') return { ...item, fix: { ...item.fix, t, n: next(`d:${item.fix.id}`) } }
    if (item.kind === 'quote') return { ...item, quote: { ...item.quote, t } }
    return { ...item, trade: { ...item.trade, t, id: next(`s:${item.symbol}`) } }
  })
}
