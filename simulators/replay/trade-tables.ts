import type { Collector } from './collect.ts'
import { type Row, refuseTwins } from './csv.ts'
import type { Opening, Reader } from './reader.ts'
import { columnIn, columnsBy, type Nameless, openTable } from './tables.ts'
import { readTime } from './times.ts'
import type { Zone } from './zone.ts'

/** What exchanges, and those who collect from them, call the columns of their trades. */
export const TRADE_COLUMNS = {
  time: ['time', 'timestamp', 'transact_time', 'created_time', 'trade_time', 'datetime', 'date', 'unix', 'ts'],
  price: ['price'],
  size: ['size', 'qty', 'quantity', 'amount', 'volume'],
  id: ['id', 'trade_id', 'tradeid', 'trade id', 'agg_trade_id', 'trdmatchid', 'tid'],
  side: ['side', 'taker_side', 'type'],
  maker: ['is_buyer_maker', 'isbuyermaker', 'was the buyer the maker'],
  symbol: ['symbol', 'instrument_name', 'instrument', 'ticker', 'pair', 'product_id', 'inst_id'],
} as const

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`
const FLAG = '(?:true|false)'
const kind = (parts: readonly string[], columns: readonly string[]): Nameless => ({
  shape: new RegExp(`^${parts.join(',')}\\s*$`, 'i'),
  columns,
})
const MILLISECONDS = String.raw`\d{13,16}`

/** Binance's trades and aggregate trades, and what Kraken and bitcoincharts give. */
const NAMELESS: readonly Nameless[] = [
  kind(
    [String.raw`\d+`, NUMBER, NUMBER, NUMBER, MILLISECONDS, FLAG, FLAG],
    ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker', 'is_best_match'],
  ),
  kind(
    [String.raw`\d+`, NUMBER, NUMBER, String.raw`\d+`, String.raw`\d+`, MILLISECONDS, FLAG, FLAG],
    ['id', 'price', 'qty', 'first_trade_id', 'last_trade_id', 'time', 'is_buyer_maker', 'is_best_match'],
  ),
  kind([String.raw`\d{9,10}(?:\.\d+)?`, NUMBER, NUMBER], ['time', 'price', 'size']),
]

/** Whether a text begins as a table of trades: of these columns, and no candles. */
export const isTradeTable = (start: string): boolean => {
  const columns = columnsBy(start, NAMELESS)
  const has = (names: readonly string[]) => columnIn(columns, names) !== undefined
  return (
    has(TRADE_COLUMNS.time) && has(TRADE_COLUMNS.price) && has(TRADE_COLUMNS.size) && !has(['open', 'close', 'high'])
  )
}

/** A buyer who had made the order that was taken did not take it. */
const sideOf = (side: string | undefined, maker: string | undefined): string | undefined => {
  const isMaker = maker?.toLowerCase()
  return side ?? (isMaker === 'true' ? 'sell' : isMaker === 'false' ? 'buy' : undefined)
}

/** CSV of trades, by the names that its columns have; the side is the taker's. Rows may name their symbol. */
export const openTradeTable = (
  opening: Opening,
  { symbol, zone }: { symbol: string; zone: Zone | null },
  collector: Collector,
): Reader => {
  const columns = columnsBy(opening.start, NAMELESS)
  const place = (of: keyof typeof TRADE_COLUMNS) => columnIn(columns, TRADE_COLUMNS[of]) ?? of
  const [time, price, size, id] = [place('time'), place('price'), place('size'), place('id')]
  const [side, maker, named] = [place('side'), place('maker'), place('symbol')]
  refuseTwins(opening.start, [time, price, size, id, side, maker, named])
  const take = (row: Row, line: number, content: string) => {
    const t = readTime(row.text(time) ?? '', zone)
    const taker = sideOf(row.text(side), row.text(maker))
    const trade = { id: row.text(id), t, price: row.number(price), size: row.number(size), side: taker }
    collector.trade(row.text(named) ?? symbol, trade, line, content)
  }
  return openTable(opening, NAMELESS, collector, take)
}
