import { describe, expect, it } from 'vitest'
import { dayCurve } from '../../../../simulators/market/activity.ts'
import { createMarket } from '../../../../simulators/market/market.ts'
import { lotOf, sigmaOf } from '../../../../simulators/market/share.ts'
import { DAY, type Quote, type Trade } from '../../../../wire/market.ts'
import { options, run, START, STARTS, SYMBOLS, tradesOf } from './floor.ts'

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

  it('starts at the given price; dear shares go in smaller lots and swing less', () => {
    const symbols = [10.35, 300, 6358.51].map((price, i) => ({ symbol: `P${i}`, price }))
    for (const { symbol, price } of symbols) {
      const trades = tradesOf(run(options({ symbols }), 60), symbol)
      expect(trades.length).toBeGreaterThan(100)
      for (const trade of trades) {
        expect(Math.abs(trade.price / price - 1)).toBeLessThan(0.02)
        expect(trade.size % lotOf(price)).toBe(0)
      }
    }
    expect(symbols.map(({ price }) => lotOf(price))).toEqual([100, 40, 10])
    const sigmas = symbols.map(({ price }) => sigmaOf(price))
    expect(sigmas).toEqual(sigmas.toSorted((a, b) => b - a))
  })

  it('keeps the ask above the bid and trades within them', () => {
    const quotes = new Map<string, Quote>()
    const outside: Trade[] = []
    let seen = 0
    for (const { symbol, trades, quote } of run(options(), 1800).flat()) {
      if (quote) quotes.set(symbol, quote)
      const now = quotes.get(symbol)
      if (!now) throw new Error(`${symbol} trades before its first quote`)
      const { bid, ask } = now
      if (bid === null || ask === null || ask <= bid) throw new Error(`crossed or empty: ${JSON.stringify(now)}`)
      outside.push(...trades.filter(({ price }) => price < bid || price > ask))
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
    const steps = run(options({ symbols: STARTS.slice(0, 1), pace: { rate: 5, steady: true } }), 20_000, 0.5)
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
