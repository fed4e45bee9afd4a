import type { Side } from '../../wire/market.ts'
import type { Collector } from './recording.ts'

const sideOf = (value: unknown): Side | undefined => (value === 'buy' || value === 'sell' ? value : undefined)

const readTrade = (value: unknown, symbol: string, row: number, collector: Collector) => {
  const content = JSON.stringify(value)
  if (!Array.isArray(value) || value.length < 6) return collector.skip('not a row of a trade', row, content)
  const [t, id, , taker, price, size] = value as unknown[]
  const side = sideOf(taker)
  const trade = { id: Number(id), t: Number(t), price: Number(price), size: Number(size), ...(side && { side }) }
  collector.trade(symbol, trade, row, content)
}

/** A JSON array of trades, `[ms, id, type, side, price, amount, cost]` each, as freqtrade and ccxt store them; the side is the taker's. */
export const readTrades = (text: string, symbol: string, collector: Collector): void => {
  const rows = JSON.parse(text) as unknown
  if (!Array.isArray(rows)) throw new Error('not a JSON array of trades')
  for (const [place, value] of rows.entries()) readTrade(value, symbol, place + 1, collector)
}
