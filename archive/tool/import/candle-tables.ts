import type { Collector } from '../../../simulators/replay/collect.ts'
import { type Row, refuseTwins } from '../../../simulators/replay/csv.ts'
import { spanText } from '../../../simulators/replay/progress.ts'
import type { Opening, Reader } from '../../../simulators/replay/reader.ts'
import { columnIn, columnsBy, type Nameless, openTable } from '../../../simulators/replay/tables.ts'
import { millisecondsOf, readTime } from '../../../simulators/replay/times.ts'
import { TRADE_COLUMNS } from '../../../simulators/replay/trade-tables.ts'
import type { Zone } from '../../../simulators/replay/zone.ts'
import { type Candle, MINUTE, type TradeKey } from '../../../wire/market.ts'
import { isName } from '../../../wire/topics.ts'

/** What columns of candles are called. The last four are those of an export, so that nothing is lost on the way back. */
export const CANDLE_COLUMNS = {
  time: ['time', 'open_time', 'timestamp', 'datetime', 'date', 'start', 'unix', 'ts', 't', 'window_start'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
  count: ['count', 'trades', 'trade_count', 'tradecount', 'transactions', 'number_of_trades', 'n'],
  symbol: TRADE_COLUMNS.symbol,
  first_t: ['first_t'],
  first_id: ['first_id'],
  last_t: ['last_t'],
  last_id: ['last_id'],
} as const

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`
const numbers = (count: number): string => Array.from({ length: count }, () => NUMBER).join(',')
/** Binance's and Kraken's, which have no first line of names. */
const NAMELESS: readonly Nameless[] = [
  {
    shape: new RegExp(String.raw`^\d{13,16},${numbers(5)},\d{13,16},${NUMBER},\d+,${numbers(3)}\s*$`, 'i'),
    columns: ['time', 'open', 'high', 'low', 'close', 'volume', 'end', 'quotes', 'count', 'base', 'quote', 'ignore'],
  },
  {
    shape: new RegExp(String.raw`^\d{9,10},${numbers(5)},\d+\s*$`, 'i'),
    columns: ['time', 'open', 'high', 'low', 'close', 'volume', 'count'],
  },
]

/** Whether a text begins as a table of candles. */
export const isCandleTable = (start: string): boolean => {
  const columns = columnsBy(start, NAMELESS)
  return (['time', 'open', 'high', 'low', 'close'] as const).every(
    (of) => columnIn(columns, CANDLE_COLUMNS[of]) !== undefined,
  )
}

const keyOf = (row: Row, t: string, id: string): TradeKey | null => {
  const key: TradeKey = [row.number(t), row.number(id)]
  return key.every(Number.isSafeInteger) ? key : null
}

/** A row's candle, or why it is none that can be taken. */
const candleOf = (
  row: Row,
  column: (of: keyof typeof CANDLE_COLUMNS) => string,
  zone: Zone | null,
): Candle | string => {
  const told = row.text(column('time')) ?? ''
  if (/^\d{4}-\d\d-\d\d$/.test(told)) return 'a candle of a day: only those of a minute can be taken'
  const time = readTime(told, zone)
  if (typeof time === 'string') return time
  const t = millisecondsOf(time)
  if (!(t > 0)) return 'the time cannot be read'
  if (t % MINUTE !== 0) return 'it does not begin with a full minute'
  const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map((of) => row.number(column(of)))
  const prices = [open, high, low, close] as [number, number, number, number]
  if (!prices.every(Number.isFinite)) return 'a price is no number'
  if (Math.max(...prices) !== high || Math.min(...prices) !== low) return 'a price is above the high or below the low'
  const volume = row.optional(column('volume')) ?? 0
  if (!(volume >= 0 && Number.isFinite(volume))) return 'the volume is no number from 0'
  const count = row.optional(column('count')) ?? 1
  if (!(Number.isSafeInteger(count) && count >= 0)) return 'the count of trades is no whole number from 0'
  // Trades that nobody told of are one at the least, the first and the last at the ends of the minute.
  const first = keyOf(row, column('first_t'), column('first_id')) ?? [t, 1]
  const last = keyOf(row, column('last_t'), column('last_id')) ?? [t + MINUTE - 1, 1]
  if (first[0] < t || last[0] >= t + MINUTE) return 'its trades are not of one minute'
  return { t, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume, count, first, last }
}

/** Takes candles. `isSure`: the row says when its last trade was, so it is known to be of a minute. */
export type CandleTaker = Pick<Collector, 'skip' | 'unneeded'> & {
  candle: (symbol: string, candle: Candle, isSure: boolean) => void
}

/** Opens a table of the candles of minutes. Rows may name their symbol. */
export const openCandleTable = (
  opening: Opening,
  { symbol, zone }: { symbol: string; zone: Zone | null },
  taker: CandleTaker,
): Reader => {
  const columns = columnsBy(opening.start, NAMELESS)
  const places = new Map<string, string>(
    Object.entries(CANDLE_COLUMNS).map(([of, names]) => [of, columnIn(columns, names) ?? of]),
  )
  refuseTwins(opening.start, [...places.values()])
  const column = (of: keyof typeof CANDLE_COLUMNS) => places.get(of) ?? of
  return openTable(opening, NAMELESS, taker, (row, line, content) => {
    const named = row.text(column('symbol')) ?? symbol
    const candle = isName(named) ? candleOf(row, column, zone) : 'the symbol cannot be a name'
    if (typeof candle === 'string') taker.skip(candle, line, content)
    else if (candle.count === 0) taker.unneeded('minutes without trades', line, content)
    else taker.candle(named, candle, row.text(column('last_t')) !== undefined)
  })
}

/** So many steps tell how long candles are. */
const ENOUGH_STEPS = 3
const MOST_STEPS = 1000
/** No length of candles between this and a minute is in use. */
const LONGER = 5 * MINUTE

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** Finds out how long candles are by the steps between them; `check` throws where they are no minutes. */
export const createSteps = () => {
  const lasts = new Map<string, number>()
  let [common, steps] = [0, 0]
  return {
    add: (symbol: string, t: number): void => {
      if (steps >= MOST_STEPS) return
      const last = lasts.get(symbol)
      lasts.set(symbol, t)
      if (last === undefined || last === t) return
      common = divisor(common, Math.abs(t - last))
      steps++
    },
    check: (): void => {
      if (steps >= ENOUGH_STEPS && common % LONGER === 0)
        throw new Error(
          `its candles are of ${spanText(common)}: only those of a minute can be taken; hours and days are made of them`,
        )
    },
  }
}
