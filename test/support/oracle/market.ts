/** A trade of a recording. */
export type Print = { id: number; t: number; price: number; size: number; side?: string }

/** The sum as one does it on paper: whole numbers of the smallest unit. */
const sumOf = (numbers: readonly number[]): number => {
  const places = Math.max(...numbers.map((number) => (String(number).split('.')[1] ?? '').length))
  const units = numbers.map((number) => BigInt(number.toFixed(places).replace('.', '')))
  return Number(`${units.reduce((sum, unit) => sum + unit, 0n)}e-${places}`)
}

const ordered = (prints: Iterable<Print>): Print[] => [...prints].sort((a, b) => a.t - b.t || a.id - b.id)

/** Candles of an interval (ms) as told by all prints at once: sorted, grouped, looked at. Nothing is folded. */
export const candlesOf = (prints: Iterable<Print>, interval: number) =>
  [...Map.groupBy(ordered(prints), ({ t }) => Math.floor(t / interval) * interval)].map(([t, group]) => {
    const [first, last] = [group[0] as Print, group.at(-1) as Print]
    const prices = group.map(({ price }) => price)
    return {
      t,
      open: first.price,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: last.price,
      volume: sumOf(group.map(({ size }) => size)),
      count: group.length,
      first: [first.t, first.id],
      last: [last.t, last.id],
    }
  })

const DAY_MS = 86_400_000

/** The state that the prints of a symbol come to. */
export const stateOf = (prints: Iterable<Print>) => {
  const all = ordered(prints)
  const last = all.at(-1)
  const days = candlesOf(all, DAY_MS)
  const before = days.at(-2)
  return {
    last,
    quote: null,
    day: days.at(-1),
    prev: before ? { price: before.close, t: before.last[0], id: before.last[1] } : null,
    candle: candlesOf(all, 60_000).at(-1),
  }
}
