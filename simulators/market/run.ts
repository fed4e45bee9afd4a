import type { MarketOptions as Options } from '../options.ts'
import type { Port } from '../publisher/port.ts'
import type { Publisher } from '../publisher.ts'
import type { Run } from '../run.ts'
import { history } from './history.ts'
import { createMarket, type Market, type MarketBatch, type Pace } from './market.ts'
import { lastPrices } from './resume.ts'
import type { Listing } from './symbols.ts'

/** Milliseconds between two steps of the market. */
const STEP = 20
/** A machine that slept does not make up for what it slept through: a step is at most this many milliseconds. */
const LONGEST_STEP = 1000
/** History holds back once this many trades wait to be answered. */
const MOST_WAITING = 20_000

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

/** Fills the charts of symbols that never traded with the time up to now. */
const fill = async (
  market: Market,
  publisher: Publisher,
  fresh: ReadonlySet<string>,
  span: number,
  run: Run,
  symbols: number,
  live: Pace,
) => {
  const to = run.now()
  run.say(`Filling the charts of ${fresh.size} symbols with the last ${Math.round(span / 60_000)} minutes...`)
  for (const stretch of history(market, symbols, to - span, to, live)) {
    if (run.signal.aborted) return
    for (const [symbol, trades] of stretch) if (fresh.has(symbol)) publisher.trades(symbol, trades)
    await publisher.drained(MOST_WAITING)
  }
}

/** Runs the market until the signal: names, then what Redis lacks of history, then live trading that follows on from it. */
export const runMarket = async (
  options: Options,
  listings: readonly Listing[],
  publisher: Publisher,
  port: Port,
  run: Run,
) => {
  const listed = listings.slice(0, options.symbols)
  const symbols = listed.map(({ symbol }) => symbol)
  const pace = { rate: options.rate, steady: options.steady }
  const market = createMarket({ symbols, seed: run.seed, firstId: run.firstNumber, pace })
  publisher.describe(listed)
  await publisher.drained(0)
  const prices = await knownPrices(port, symbols, run)
  const fresh = new Set(symbols.filter((symbol) => !prices.has(symbol)))
  if (fresh.size > 0 && options.history > 0)
    await fill(market, publisher, fresh, options.history, run, symbols.length, pace)
  for (const [symbol, price] of prices) market.setPrice(symbol, price)
  market.setPace(pace)
  let t = run.now()
  while (!run.signal.aborted) {
    await run.sleep(STEP)
    const now = Math.max(t, run.now())
    const from = Math.max(t, now - LONGEST_STEP)
    if (now > from) send(publisher, market.step(from, (now - from) / 1000))
    t = now
  }
}
