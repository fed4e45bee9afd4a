import type { SymbolRow } from '../../wire/api.ts'
import { intervalStart } from '../../wire/candles.ts'
import { type Candle, DAY, MINUTE, type Trade } from '../../wire/market.ts'
import { isBefore } from '../../wire/order.ts'
import type { Work } from '../pieces.ts'
import type { Past } from './questions.ts'
import { formingCandle } from './candles-at.ts'

/** Symbols that are read at once: each is half a dozen questions. */
const AT_ONCE = 5
const SPARK_MINUTES = 60

/** Rows of the list of symbols as of a moment; those that had not traded then have no price. Quotes are not kept. */
export const symbolsAt = async (
  archive: Past,
  rows: readonly SymbolRow[],
  at: number,
  work: Work,
): Promise<SymbolRow[]> => {
  const then: SymbolRow[] = []
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const some = rows.slice(i, i + AT_ONCE)
    then.push(...(await Promise.all(some.map((row) => rowAt(archive, row, at, work)))))
  }
  return then
}

const rowAt = async (archive: Past, row: SymbolRow, at: number, work: Work): Promise<SymbolRow> => {
  const { symbol } = row
  const minute = intervalStart(at, MINUTE)
  const [day, trade, [yesterday], minutes] = await Promise.all([
    formingCandle(archive, { symbol, length: DAY }, { at }, work),
    archive.lastTrade(symbol, at + 1),
    archive.candles({ symbol, interval: DAY, before: intervalStart(at, DAY), limit: 1 }),
    archive.candles({
      symbol,
      interval: MINUTE,
      from: minute - (SPARK_MINUTES - 1) * MINUTE,
      before: minute,
      limit: SPARK_MINUTES,
    }),
  ])
  const prev = yesterday === undefined ? null : closingTrade(yesterday.candle)
  const last = newest(trade?.trade ?? null, day === null ? prev : closingTrade(day))
  const closes = minutes.map(({ candle }) => candle.close)
  return {
    ...row,
    last,
    prev: prev && { price: prev.price, t: prev.t, id: prev.id },
    day,
    quote: null,
    spark: last === null || minutes.length === 0 ? [] : [...closes, last.price],
  }
}

/** The trade that a candle closed with, as far as the candle tells: its size is not known, and told as 0. */
const closingTrade = ({ close, last: [t, id] }: Candle): Trade => ({ id, t, price: close, size: 0 })

/** The newer of the two; the trade itself, where both are the same. */
const newest = (trade: Trade | null, closing: Trade | null): Trade | null => {
  if (trade === null || closing === null) return trade ?? closing
  return isBefore([trade.t, trade.id], [closing.t, closing.id]) ? closing : trade
}
