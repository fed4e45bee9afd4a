import { jsonNumber } from '../../formats/numbers.ts'
import type { SymbolDescription } from '../../wire/market.ts'
import type { Collector } from './collect.ts'
import { createLines } from './lines.ts'
import type { Opening, Reader } from './reader.ts'
import { jsonTime } from './times.ts'
import type { Zone } from './zone.ts'

type Frame = Record<string, unknown>
type Row = { row: number; line: string; zone: Zone | null; collector: Collector }

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What Coinbase's products are: `BTC-USD` is priced in dollars, and trades at all hours. */
export const describeProduct = (product: string): Omit<SymbolDescription, 'name'> => {
  const [, currency] = /-([A-Z0-9]{2,12})$/.exec(product) ?? []
  return { type: 'crypto', ...(currency && { currency }), exchange: 'Coinbase', zone: 'Etc/UTC', sessions: '24x7' }
}

/**
 * In a `match` the side is the maker's: the taker was on the other one. Source: Coinbase Exchange WebSocket
 * documentation.
 */
const takerSide = (maker: unknown): unknown => {
  const word = typeof maker === 'string' ? maker.trim().toLowerCase() : ''
  return { buy: 'sell', sell: 'buy' }[word] ?? maker
}

const readMatch = (frame: Frame, { row, line, zone, collector }: Row): void => {
  const [t, price, size] = [jsonTime(frame.time, zone), jsonNumber(frame.price), jsonNumber(frame.size)]
  const trade = { id: frame.trade_id, t, price, size, side: takerSide(frame.side) }
  collector.trade(textOf(frame.product_id), trade, row, line)
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/**
 * One side of the book; without a price nobody offers anything. Sizes are in newer recordings only, else they count as
 * 0.
 */
const sideOf = (price: unknown, size: unknown): { price: number | null; size: number } =>
  isEmpty(price) ? { price: null, size: 0 } : { price: jsonNumber(price), size: isEmpty(size) ? 0 : jsonNumber(size) }

const readTicker = (frame: Frame, { row, line, zone, collector }: Row) => {
  if (!('best_bid' in frame || 'best_ask' in frame)) return collector.skip('a ticker without bid and ask', row, line)
  const bid = sideOf(frame.best_bid, frame.best_bid_size)
  const ask = sideOf(frame.best_ask, frame.best_ask_size)
  const t = jsonTime(frame.time, zone)
  const quote = { t, bid: bid.price, bidSize: bid.size, ask: ask.price, askSize: ask.size }
  collector.quote(textOf(frame.product_id), quote, row, line)
}

const parseFrame = (text: string): Frame | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Frame) : null
  } catch {
    return null
  }
}

const NOTE = /^(wss?:\/\/|#)/
const RECEIVED = /^(\d+(\.\d+)?: )?(?=\{)/

/**
 * Whether a text begins with a note, a frame behind the time of its receipt, or a frame of a type that the feed has.
 */
export const isCoinbase = (text: string): boolean =>
  /^\s*(wss:\/\/|\d+(\.\d+)?: \{)/.test(text) ||
  /^\s*\{\s*"type"\s*:\s*"(subscriptions|heartbeat|ticker|match|last_match|snapshot|l2update)"/.test(text)

const readLine = (each: Row) => {
  const { row, line, collector } = each
  if (NOTE.test(line)) return collector.unneeded('note of the recorder', row, line)
  const start = RECEIVED.exec(line)?.[0]
  if (start === undefined) return collector.skip('malformed: not a frame', row, line)
  const frame = parseFrame(line.slice(start.length))
  if (frame === null) return collector.skip('malformed JSON', row, line)
  if (frame.type === 'match' || frame.type === 'last_match') return readMatch(frame, each)
  if (frame.type === 'ticker') return readTicker(frame, each)
  collector.unneeded(textOf(frame.type) || 'frame without a type', row, line)
}

/**
 * Lines `<Unix seconds of receipt>: <JSON>`, or JSON alone, of Coinbase's WebSocket feed: matches are trades, tickers
 * are quotes.
 */
export const openCoinbase = ({ firstRow }: Opening, zone: Zone | null, collector: Collector): Reader =>
  createLines(firstRow, (text, row) => {
    const line = text.trim()
    if (line !== '') readLine({ row, line, zone, collector })
  })
