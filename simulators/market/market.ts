import type { Quote, Side, Trade } from '../../wire/market.ts'
import { createRandom } from '../random.ts'
import { dayCurve } from './activity.ts'
import { createShare, type Share, type Start, sizeOf, stepActivity, stepPrice, TICK, usualExcitement } from './share.ts'
import { MARKET_VOLATILITY, startVolatility, stepVolatility } from './volatility.ts'

/** Of the market that all shares follow: log return per square root of a second. */
const MARKET_SIGMA = 0.00005

/** What one symbol did in a step; `quote` is null where bid and ask stayed. */
export type MarketBatch = { symbol: string; trades: Trade[]; quote: Quote | null }

/**
 * `rate`: mean trades a second of all symbols together. `even`: all symbols alike instead of a few busy and many quiet
 * ones. `steady`: no day curve.
 */
export type Pace = { rate: number; even?: boolean; steady?: boolean }

/** `firstId`: each symbol numbers its trades from here without gaps; at most 2^53. */
export type MarketOptions = { symbols: readonly Start[]; seed: number; firstId: number; pace: Pace }

export type Market = {
  /** What happens in the `dt` seconds from `t` (Unix milliseconds). Call with times that follow on one another. */
  step: (t: number, dt: number) => MarketBatch[]
  setPace: (pace: Pace) => void
  /** Mean trades a minute of a symbol at `t`, if the market went at that pace. */
  tradesAMinute: (symbol: string, pace: Pace, t: number) => number
  /** Goes on from a known price, as after a restart; false where there is no such symbol. */
  setPrice: (symbol: string, price: number) => boolean
}

const cents = (ticks: number): number => Math.round(ticks) / 100

const makeQuote = (share: Share, t: number): Quote => ({
  t,
  bid: cents(share.bid),
  bidSize: sizeOf(share),
  ask: cents(share.ask),
  askSize: sizeOf(share),
})

/** Where a trade prints: at the ask for a buyer, at the bid for a seller, now and then inside a wide spread. */
const printPrice = ({ random, bid, ask }: Share, side: Side): number => {
  if (ask - bid > 1 && random.next() < 0.15) return cents((bid + ask) / 2)
  return cents(side === 'buy' ? ask : bid)
}

/** The taker's side: it runs in streaks, and with the price. */
const takeSide = (share: Share, move: number): Side => {
  const chance = 0.5 + 0.2 * share.lastSide + 0.15 * Math.sign(move)
  share.lastSide = share.random.next() < chance ? 1 : -1
  return share.lastSide === 1 ? 'buy' : 'sell'
}

/** A seeded market: the same options and steps give the same trades. */
export const createMarket = ({ symbols, seed, firstId, pace: firstPace }: MarketOptions): Market => {
  const random = createRandom(seed, '(market)')
  const volatility = startVolatility(MARKET_VOLATILITY, random)
  // Zipf-like weights: the first symbols trade most.
  const weights = symbols.map((_, place) => 1 / (place + 5))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = symbols.map((start, place) => createShare(start, (weights[place] ?? 0) / total, seed, firstId))
  const bySymbol = new Map(shares.map((share) => [share.symbol, share]))
  let pace = firstPace

  const shareOf = (share: Share, { even }: Pace) => (even ? 1 / shares.length : share.weight)
  const rateOf = (share: Share, rate: number) => rate * shareOf(share, pace)
  /**
   * Begins with the excitement that trading at this pace would have built up, so that the mean is right from the start.
   */
  const warm = () => {
    for (const share of shares) share.excitement = usualExcitement(rateOf(share, pace.rate))
  }
  warm()

  const stepShare = (share: Share, marketReturn: number, rate: number, t: number, dt: number): MarketBatch | null => {
    const { bid, ask, logPrice } = share
    const { count, heat } = stepActivity(share, rate, dt)
    stepPrice(share, marketReturn, heat, dt)
    const trades: Trade[] = []
    for (let i = 0; i < count; i++) {
      const side = takeSide(share, share.logPrice - logPrice)
      const at = Math.floor(t + (1000 * dt * (i + share.random.next())) / count)
      trades.push({ id: share.nextId++, t: at, price: printPrice(share, side), size: sizeOf(share), side })
    }
    const moved = share.bid !== bid || share.ask !== ask
    if (count === 0 && !moved) return null
    return { symbol: share.symbol, trades, quote: moved ? makeQuote(share, Math.floor(t + 1000 * dt)) : null }
  }

  return {
    step: (t, dt) => {
      const factor = stepVolatility(volatility, MARKET_VOLATILITY, dt, random)
      const marketReturn = MARKET_SIGMA * factor * Math.sqrt(dt) * random.normal()
      const rate = pace.rate * (pace.steady ? 1 : dayCurve(t))
      const batches: MarketBatch[] = []
      for (const share of shares) {
        const batch = stepShare(share, marketReturn, rateOf(share, rate), t, dt)
        if (batch !== null) batches.push(batch)
      }
      return batches
    },
    setPace: (next) => {
      pace = next
      warm()
    },
    tradesAMinute: (symbol, at, t) => {
      const share = bySymbol.get(symbol)
      return share ? 60 * at.rate * shareOf(share, at) * (at.steady ? 1 : dayCurve(t)) : 0
    },
    setPrice: (symbol, price) => {
      const share = bySymbol.get(symbol)
      if (share === undefined || !(price > TICK)) return false
      share.logPrice = Math.log(price)
      return true
    },
  }
}
