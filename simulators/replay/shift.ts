import type { Item } from './recording.ts'

/**
 * Items moved in time so that the first is at `start` (Unix milliseconds), and numbered anew from `firstNumber`, without gaps, in each symbol and
 * device: so that a recording can be played again and again.
 */
export const shift = (items: readonly Item[], start: number, firstNumber: number): Item[] => {
  const by = start - (items[0]?.t ?? start)
  const numbers = new Map<string, number>()
  const next = (name: string) => {
    const number = numbers.get(name) ?? firstNumber
    numbers.set(name, number + 1)
    return number
  }
  return items.map((item) => {
    const t = item.t + by
    if (item.kind === 'fix') return { ...item, t, fix: { ...item.fix, t, n: next(`d:${item.fix.id}`) } }
    if (item.kind === 'quote') return { ...item, t, quote: { ...item.quote, t } }
    return { ...item, t, trade: { ...item.trade, t, id: next(`s:${item.symbol}`) } }
  })
}
