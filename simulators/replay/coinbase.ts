import type { Side } from '../../wire/market.ts'
import type { Collector } from './recording.ts'

type Frame = Record<string, unknown>

/** In a `match` the side is the maker's: the taker was on the other one. Source: Coinbase Exchange WebSocket documentation. */
const takerSide = (maker: unknown): Side | undefined =>
  maker === 'buy' ? 'sell' : maker === 'sell' ? 'buy' : undefined

const timeOf = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) : Number.NaN)

const readMatch = (frame: Frame, row: number, line: string, collector: Collector): void => {
  const side = takerSide(frame.side)
  const numbers = {
    id: Number(frame.trade_id),
    t: timeOf(frame.time),
    price: Number(frame.price),
    size: Number(frame.size),
  }
  collector.trade(String(frame.product_id), { ...numbers, ...(side && { side }) }, row, line)
}

/** A ticker tells best bid and ask; sizes only in newer recordings, else they count as 0. */
const readTicker = (frame: Frame, row: number, line: string, collector: Collector): void => {
  const quote = {
    t: timeOf(frame.time),
    bid: Number(frame.best_bid),
    bidSize: Number(frame.best_bid_size ?? 0),
    ask: Number(frame.best_ask),
    askSize: Number(frame.best_ask_size ?? 0),
  }
  collector.quote(String(frame.product_id), quote, row, line)
}

const parseFrame = (text: string): Frame | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Frame) : null
  } catch {
    return null
  }
}

const readLine = (line: string, row: number, collector: Collector) => {
  const start = /^\d+(\.\d+)?: /.exec(line)?.[0]
  if (start === undefined) return collector.skip('a note of the recorder', row, line)
  const frame = parseFrame(line.slice(start.length))
  if (frame === null) return collector.skip('malformed JSON', row, line)
  if (frame.type === 'match' || frame.type === 'last_match') return readMatch(frame, row, line, collector)
  if (frame.type === 'ticker') return readTicker(frame, row, line, collector)
  collector.skip(`neither trade nor quote: ${String(frame.type)}`, row, line)
}

/** Lines `<Unix seconds of receipt>: <JSON>` of Coinbase's WebSocket feed: matches are trades, tickers are quotes. */
export const readCoinbase = (text: string, collector: Collector): void => {
  for (const [place, line] of text.split('\n').entries()) if (line.trim() !== '') readLine(line, place + 1, collector)
}
