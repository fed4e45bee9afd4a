type Key = [t: number, id: number]
type Trade = { id: number; t: number; price: number; size: number }
type Prices = { open: number; high: number; low: number; close: number }
type Candle = Prices & { t: number; volume: number; count: number; first: Key; last: Key }
type Close = { price: number; t: number; id: number }
type State = { last: Trade | null; quote: unknown; day: Candle | null; prev: Close | null; candle: Candle | null }
type Update = { trades?: Trade[]; candles?: Candle[]; last?: Trade; quote?: unknown }

const MINUTE = 60_000
const DAY = 86_400_000

const before = (a: Key, b: Key) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
const startOf = (t: number, interval: number) => t - (t % interval)
const add = (a: number, b: number) => (Number.isInteger(a + b) ? a + b : Number((a + b).toPrecision(15)))

/** The candle of one trade. */
const candleOf = ({ id, t, price, size }: Trade): Candle => {
  const prices = { open: price, high: price, low: price, close: price }
  return { t: startOf(t, MINUTE), ...prices, volume: size, count: 1, first: [t, id], last: [t, id] }
}

/** Two parts of one candle together. */
const merge = (a: Candle, b: Candle): Candle => {
  const opening = before(b.first, a.first) ? b : a
  const closing = before(a.last, b.last) ? b : a
  const prices = {
    open: opening.open,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: closing.close,
  }
  const sums = { volume: add(a.volume, b.volume), count: a.count + b.count }
  return { t: a.t, ...prices, ...sums, first: opening.first, last: closing.last }
}

/** What an update adds, as parts of minutes. */
const partsOf = ({ trades = [], candles = [] }: Update) => [...trades.map(candleOf), ...candles]

/** A day that is over gives the previous close. */
const closeOf = (prev: Close | null, { close, last: [t, id] }: Candle) =>
  prev && before([t, id], [prev.t, prev.id]) ? prev : { price: close, t, id }

/** A symbol's state after one update. */
export const fold = (state: State, update: Update): State => {
  let { last, quote, day, prev, candle } = state
  for (const part of partsOf(update)) {
    const ofDay = { ...part, t: startOf(part.t, DAY) }
    if (day === null) day = ofDay
    else if (ofDay.t === day.t) day = merge(day, ofDay)
    else if (ofDay.t < day.t) prev = closeOf(prev, ofDay)
    else [prev, day] = [closeOf(prev, day), ofDay]
    if (candle === null || part.t > candle.t) candle = part
    else if (part.t === candle.t) candle = merge(candle, part)
  }
  for (const trade of [...(update.trades ?? []), ...(update.last ? [update.last] : [])])
    if (last === null || before([last.t, last.id], [trade.t, trade.id])) last = trade
  return { ...state, last, quote: update.quote ?? quote, day, prev, candle }
}

/** A chart after one update: candles of any interval, by their start. */
export const foldChart = (bars: Map<number, Candle>, interval: number, update: Update): void => {
  for (const part of partsOf(update)) {
    const t = startOf(part.t, interval)
    const bar = bars.get(t)
    bars.set(t, bar ? merge(bar, part) : { ...part, t })
  }
}
