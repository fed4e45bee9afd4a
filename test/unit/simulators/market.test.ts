import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dayCurve } from '../../../simulators/market/activity.ts'
import { history } from '../../../simulators/market/history.ts'
import { createMarket, type MarketBatch, type MarketOptions } from '../../../simulators/market/market.ts'
import { runMarket } from '../../../simulators/market/run.ts'
import { basePrice } from '../../../simulators/market/share.ts'
import { readListings } from '../../../simulators/market/symbols.ts'
import { emptyAccount } from '../../../simulators/publisher/account.ts'
import type { Port } from '../../../simulators/publisher/port.ts'
import type { Publisher } from '../../../simulators/publisher.ts'
import type { Run } from '../../../simulators/run.ts'
import { DAY, type Quote, type Trade } from '../../../wire/market.ts'

const START = Date.UTC(2026, 0, 5, 15)
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'BRK.B', 'XOM', 'KO']
const options = (more: Partial<MarketOptions> = {}): MarketOptions => ({
  symbols: SYMBOLS,
  seed: 1,
  firstId: 1000,
  pace: { rate: 60, even: true, steady: true },
  ...more,
})

/** Every step of `seconds` seconds of a market. */
const run = (given: MarketOptions, seconds: number, dt = 1): MarketBatch[][] => {
  const market = createMarket(given)
  return Array.from({ length: Math.round(seconds / dt) }, (_, i) => market.step(START + i * dt * 1000, dt))
}
const tradesOf = (steps: readonly MarketBatch[][], symbol: string): Trade[] =>
  steps.flat().flatMap((batch) => (batch.symbol === symbol ? batch.trades : []))

const autocorrelation = (values: readonly number[], lag: number): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let together = 0
  let alone = 0
  values.forEach((value, i) => {
    alone += (value - mean) ** 2
    if (i >= lag) together += (value - mean) * ((values[i - lag] ?? 0) - mean)
  })
  return together / alone
}

/** Log returns of the last price of each minute. */
const minuteReturns = (trades: readonly Trade[]): number[] => {
  const closes = new Map<number, number>()
  for (const { t, price } of trades) closes.set(Math.floor(t / 60_000), price)
  const prices = [...closes.values()]
  return prices.slice(1).map((price, i) => Math.log(price / (prices[i] ?? price)))
}

describe('the market simulator', () => {
  it('makes the same trades and quotes from the same seed, and others from another', () => {
    const trades = (seed: number) => run(options({ seed }), 60)
    expect(trades(1)).toEqual(trades(1))
    expect(trades(1)).not.toEqual(trades(2))
  })

  it('numbers trades of a symbol without gaps, in order of time', () => {
    const steps = run(options(), 600)
    for (const symbol of SYMBOLS) {
      const trades = tradesOf(steps, symbol)
      expect(trades.map(({ id }) => id)).toEqual(trades.map((_, i) => 1000 + i))
      expect(trades.map(({ t }) => t)).toEqual(trades.map(({ t }) => t).toSorted((a, b) => a - b))
      expect(trades.every(({ t }) => Number.isInteger(t) && t >= START && t < START + 600_000)).toBe(true)
    }
  })

  it('keeps prices on the tick grid and sizes in round lots, a few of them large', () => {
    const trades = run(options(), 1800).flatMap((step) => step.flatMap((batch) => batch.trades))
    expect(trades.filter(({ price }) => Math.round(price * 100) / 100 !== price)).toEqual([])
    expect(trades.filter(({ size }) => size % 100 !== 0 || size <= 0)).toEqual([])
    const sizes = trades.map(({ size }) => size).sort((a, b) => a - b)
    const median = sizes[Math.floor(sizes.length / 2)] ?? 0
    expect(sizes.at(-1)).toBeGreaterThan(50 * median)
  })

  it('keeps the ask above the bid and trades within them', () => {
    const quotes = new Map<string, Quote>()
    const outside: Trade[] = []
    let seen = 0
    for (const { symbol, trades, quote } of run(options(), 1800).flat()) {
      if (quote) quotes.set(symbol, quote)
      const now = quotes.get(symbol)
      if (!now) throw new Error(`${symbol} trades before its first quote`)
      if (now.ask <= now.bid) throw new Error(`crossed: ${JSON.stringify(now)}`)
      outside.push(...trades.filter(({ price }) => price < now.bid || price > now.ask))
      seen += trades.length
    }
    expect(outside).toEqual([])
    expect(seen).toBeGreaterThan(50_000)
  })

  it.each([
    { rate: 1, dt: 0.02, seconds: 2000 },
    { rate: 300, dt: 0.02, seconds: 60 },
    { rate: 20_000, dt: 0.02, seconds: 10 },
    { rate: 300, dt: 1, seconds: 600 },
  ])('trades $rate times a second on average, in steps of $dt s', ({ rate, dt, seconds }) => {
    const steps = run(options({ pace: { rate, steady: true } }), seconds, dt)
    const count = steps.flat().reduce((sum, { trades }) => sum + trades.length, 0)
    expect(Math.abs(count / seconds / rate - 1)).toBeLessThan(0.12)
  })

  it('comes in bursts: counts vary more than independent trades would', () => {
    const steps = run(options({ symbols: ['AAPL'], pace: { rate: 5, steady: true } }), 20_000, 0.5)
    const counts = Array.from({ length: 1000 }, (_, i) => tradesOf(steps.slice(i * 40, i * 40 + 40), 'AAPL').length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
    // Of counts in 20 seconds: 1 for a Poisson process.
    expect(variance / mean).toBeGreaterThan(2)
    expect(autocorrelation(counts, 1)).toBeGreaterThan(0.05)
  })

  it('has volatility that clusters and returns that do not', () => {
    const steps = run(options(), 14 * 3600, 2)
    const each = SYMBOLS.map((symbol) => minuteReturns(tradesOf(steps, symbol)))
    const average = (measure: (returns: number[]) => number) =>
      each.reduce((sum, returns) => sum + measure(returns), 0) / each.length
    expect(average((returns) => autocorrelation(returns.map(Math.abs), 1))).toBeGreaterThan(0.1)
    expect(average((returns) => autocorrelation(returns.map(Math.abs), 5))).toBeGreaterThan(0.05)
    expect(Math.abs(average((returns) => autocorrelation(returns, 1)))).toBeLessThan(0.06)
  }, 20_000)

  it('moves shares together: a common factor shows in their returns', () => {
    const steps = run(options(), 12 * 3600, 2)
    const [a = [], b = []] = ['AAPL', 'MSFT'].map((symbol) => minuteReturns(tradesOf(steps, symbol)))
    const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
    const norm = Math.sqrt(
      a.reduce((sum, value) => sum + value ** 2, 0) * b.reduce((sum, value) => sum + value ** 2, 0),
    )
    expect(product / norm).toBeGreaterThan(0.1)
  }, 20_000)

  it('goes on from a given price', () => {
    const market = createMarket(options())
    expect(market.setPrice('AAPL', 321.5)).toBe(true)
    expect(market.setPrice('NOPE', 1)).toBe(false)
    const first = market.step(START, 1).find(({ symbol }) => symbol === 'AAPL')
    expect(Math.abs((first?.trades[0]?.price ?? 0) / 321.5 - 1)).toBeLessThan(0.005)
  })
})

describe('a market’s history', () => {
  const live = { rate: 60, even: true, steady: true }
  const from = START - 4 * 3_600_000 - 12_345
  const stretches = () => {
    const past = createMarket(options({ seed: 2, firstId: 50_000 }))
    return [...history(past, { symbols: SYMBOLS.length, from, to: START, firstId: 50_000, live })]
  }

  it('comes the newest first, numbered below what is live and without gaps, in order of time', () => {
    const given = stretches()
    for (const symbol of SYMBOLS) {
      const trades = given.toReversed().flatMap((stretch) => stretch.get(symbol) ?? [])
      expect(trades.map(({ id }) => id)).toEqual(trades.map((_, i) => 50_000 - trades.length + i))
      expect(trades.map(({ t }) => t)).toEqual(trades.map(({ t }) => t).toSorted((a, b) => a - b))
      expect(trades.every(({ t }) => t >= from && t < START)).toBe(true)
      const newest = given[0]?.get(symbol) ?? []
      expect(newest.length).toBeGreaterThan(0)
      expect(newest.every(({ t }) => t >= START - 900_000)).toBe(true)
    }
  })

  it('has trades in every minute or so and joins what follows without a jump', () => {
    const given = stretches().toReversed()
    const market = createMarket(options({ pace: live }))
    const following = Array.from({ length: 60 }, (_, i) => market.step(START + i * 1000, 1))
    for (const symbol of SYMBOLS) {
      const trades = given.flatMap((stretch) => stretch.get(symbol) ?? [])
      const minutes = new Set(trades.map(({ t }) => Math.floor(t / 60_000)))
      expect(minutes.size).toBeGreaterThan(0.8 * 240)
      // As much is traded in a minute as live, though in fewer prints.
      const volume = (list: readonly Trade[]) => list.reduce((sum, { size }) => sum + size, 0)
      expect(volume(trades) / 240).toBeGreaterThan(volume(tradesOf(following, symbol)) / 3)
      expect(volume(trades) / 240).toBeLessThan(volume(tradesOf(following, symbol)) * 3)
      // A few spreads, not a new beginning.
      const [last, first] = [trades.at(-1), tradesOf(following, symbol)[0]]
      expect(Math.abs((first?.price ?? 0) / (last?.price ?? 1) - 1)).toBeLessThan(0.005)
    }
  })
})

describe('a market that runs', () => {
  /** Runs it on a clock that each sleep moves on, until `end` milliseconds have gone. */
  const runUntil = async (end: number, known: readonly string[] = []) => {
    const said: { symbol: string; trades: readonly Trade[]; quote: Quote | null; now: number }[] = []
    const ending = new AbortController()
    let now = START
    const run: Run = {
      now: () => now,
      sleep: async (ms) => {
        now += Math.max(1, ms)
        if (now >= START + end) ending.abort()
      },
      seed: 1,
      firstNumber: 1_000_000,
      say: () => {},
      signal: ending.signal,
    }
    const publisher: Publisher = {
      describe: () => {},
      trades: (symbol, trades) => void said.push({ symbol, trades, quote: null, now }),
      quote: (symbol, quote) => void said.push({ symbol, trades: [], quote, now }),
      fixes: () => {},
      account: emptyAccount(),
      waiting: () => 0,
      drained: async () => {},
      stop: async () => 0,
    }
    const last = JSON.stringify({ last: { id: 1, t: START - 1, price: 321, size: 1 } })
    const port: Port = {
      run: async (calls) =>
        calls.map(({ keys }) =>
          known.some((symbol) => keys[0] === `wf:{s:${symbol}}`)
            ? ['snapshot', '', '', '', last]
            : ['snapshot', '', '', '', '{}'],
        ),
    } as Port
    const listings = SYMBOLS.map((symbol) => ({ symbol, name: symbol, sector: '' }))
    const given = { symbols: SYMBOLS.length, rate: 100, steady: true, history: 3 * 3_600_000 }
    await runMarket(given, listings, publisher, port, run)
    return said
  }

  it('quotes every symbol at once and trades live while the charts are filled', async () => {
    const said = await runUntil(2000)
    for (const symbol of SYMBOLS) {
      const first = said.find((one) => one.symbol === symbol && one.quote)
      expect(first && first.now - START).toBeLessThan(100)
    }
    const isPast = ({ trades }: (typeof said)[number]) => trades.some(({ t }) => t < START)
    const isLive = ({ trades }: (typeof said)[number]) => trades.some(({ t }) => t >= START)
    expect(said.findIndex(isLive)).toBeLessThan(said.findLastIndex(isPast))
    const oldest = Math.min(...said.flatMap(({ trades }) => trades.map(({ t }) => t)))
    expect(oldest).toBeLessThan(START - 2.9 * 3_600_000)
  })

  it('goes on from the prices that Redis has, without a past where there is one', async () => {
    const said = await runUntil(1000, ['AAPL'])
    const quoted = said.find(({ symbol, quote }) => symbol === 'AAPL' && quote)?.quote
    expect(Math.abs((quoted?.bid ?? 0) / 321 - 1)).toBeLessThan(0.005)
    const past = said.filter(({ trades }) => trades.some(({ t }) => t < START)).map(({ symbol }) => symbol)
    expect(new Set(past)).toEqual(new Set(SYMBOLS.filter((symbol) => symbol !== 'AAPL')))
  })
})

describe('the day’s activity', () => {
  it('is U-shaped over the session, alive around it, and 1 on average', () => {
    const at = (hours: number) => dayCurve(START - (START % DAY) + hours * 3_600_000)
    expect(at(13.6)).toBeGreaterThan(1.5 * at(16.75))
    expect(at(19.9)).toBeGreaterThan(1.5 * at(16.75))
    expect(at(3)).toBeGreaterThan(0.5)
    const minutes = Array.from({ length: 1440 }, (_, minute) => at(minute / 60))
    expect(minutes.reduce((sum, value) => sum + value, 0) / 1440).toBeCloseTo(1, 2)
  })
})

describe('the shipped symbols', () => {
  const listings = readListings(readFileSync(new URL('../../../data/symbols.csv', import.meta.url), 'utf8'))

  it('are the 503 of the index, each once, the well-known first', () => {
    expect(listings).toHaveLength(503)
    expect(new Set(listings.map(({ symbol }) => symbol)).size).toBe(503)
    expect(listings[0]).toEqual({ symbol: 'AAPL', name: 'Apple Inc.', sector: 'Information Technology' })
    expect(listings.findIndex(({ symbol }) => symbol === 'BRK.B')).toBeLessThan(60)
  })

  it('start at prices of all sizes, the same each time', () => {
    const prices = listings.map(({ symbol }) => basePrice(symbol))
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(20)
    expect(Math.max(...prices)).toBeLessThanOrEqual(480)
    expect(new Set(prices).size).toBeGreaterThan(480)
    expect(basePrice('AAPL')).toBe(basePrice('AAPL'))
  })

  it('are refused where a row is not one', () => {
    expect(() => readListings('symbol,name,sector\nlower,Lower Inc.,None\n')).toThrow('row 2')
  })
})
