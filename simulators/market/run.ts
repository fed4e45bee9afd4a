import type { Port } from '../../feed/port.ts'
import type { Publisher } from '../../feed/publisher.ts'
import type { MarketOptions as Options } from '../options.ts'
import type { Run } from '../run.ts'
import { history } from './history.ts'
import { createMarket, type Market, type MarketBatch } from './market.ts'
import { lastPrices } from './resume.ts'
import { described, type Listing } from './symbols.ts'

/** Milliseconds between two steps of the market. */
const STEP = 20
/** A machine that slept does not make up for what it slept through: a step is at most this many milliseconds. */
const LONGEST_STEP = 1000
/** History holds back once this many trades wait to be answered: live ones stand in the same line. */
const MOST_WAITING = 4_000

const send = (publisher: Publisher, batches: readonly MarketBatch[]): void => {
  for (const { symbol, trades, quote } of batches) {
    if (trades.length > 0) publisher.trades(symbol, trades)
    if (quote !== null) publisher.quote(symbol, quote)
  }
}

/** What Redis knows of the symbols; asks until it answers. */
const knownPrices = async (port: Port, symbols: readonly string[], run: Run): Promise<Map<string, number>> => {
  while (!run.signal.aborted) {
    const prices = await lastPrices(port, symbols)
    if (prices !== null) return prices
    await run.sleep(1000)
  }
  return new Map()
}

/** Fills the charts of symbols that never traded with the time up to `to`, beside the live market. */
const fill = async (
  options: Options,
  listed: readonly Listing[],
  fresh: ReadonlySet<string>,
  to: number,
  run: Run,
  publisher: Publisher,
) => {
  const { rate, steady, history: span } = options
  const live = { rate, steady }
  const firstId = run.firstNumber
  // Another seed: going back and going on from the same prices in the same way, a chart would be its own mirror image.
  const market = createMarket({ symbols: listed, seed: run.seed + 1, firstId, pace: live })
  run.say(`Filling the charts of ${fresh.size} symbols with the last ${Math.round(span / 60_000)} minutes...`)
  for (const stretch of history(market, { symbols: listed.length, from: to - span, to, firstId, live })) {
    if (run.signal.aborted) return
    for (const [symbol, trades] of stretch) if (fresh.has(symbol)) publisher.trades(symbol, trades)
    await publisher.drained(MOST_WAITING)
    // Live trading has its turn, also where Redis answers faster than history is made.
    await run.sleep(0)
  }
}

const trade = async (market: Market, from: number, publisher: Publisher, run: Run) => {
  let t = from
  while (!run.signal.aborted) {
    await run.sleep(STEP)
    const now = Math.max(t, run.now())
    const start = Math.max(t, now - LONGEST_STEP)
    if (now > start) send(publisher, market.step(start, (now - start) / 1000))
    t = now
  }
}

/**
 * Runs the market until the signal: names, then live trading, which goes on from what Redis knows, and what Redis lacks
 * of history beside it.
 */
export const runMarket = async (
  options: Options,
  listings: readonly Listing[],
  publisher: Publisher,
  port: Port,
  run: Run,
) => {
  const listed = listings.slice(0, options.symbols)
  const symbols = listed.map(({ symbol }) => symbol)
  const { rate, steady } = options
  const market = createMarket({ symbols: listed, seed: run.seed, firstId: run.firstNumber, pace: { rate, steady } })
  publisher.describe(listed.map(described))
  await publisher.drained(0)
  const prices = await knownPrices(port, symbols, run)
  for (const [symbol, price] of prices) market.setPrice(symbol, price)
  const fresh = new Set(symbols.filter((symbol) => !prices.has(symbol)))
  const from = run.now()
  await Promise.all([
    trade(market, from, publisher, run),
    fresh.size > 0 && options.history > 0 && fill(options, listed, fresh, from, run, publisher),
  ])
}
