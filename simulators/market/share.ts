import { createRandom, type Random } from '../random.ts'
import { SHARE_VOLATILITY, startVolatility, stepVolatility, type Volatility } from './volatility.ts'

/** The price step of US shares above one dollar. */
export const TICK = 0.01
const MOST_LOTS = 500
/**
 * Of the own volatility of a share of 50 dollars: log return per square root of a second; about 2% over a session
 * together with the market's.
 */
const OWN_SIGMA = 0.00009
/** Seconds over which a price is drawn back to where it began, so that a demo of weeks stays within reason. */
const PULL = 2 * 86_400
/** Share of trades that are set off by earlier ones, and the seconds over which that excitement fades. */
const BRANCHING = 0.55
const FADE = 4

/** One symbol's hidden state; `logPrice` is the price that bid and ask lie around. */
export type Share = {
  symbol: string
  random: Random
  /** How many shares a round lot has. */
  lot: number
  /** Log return per square root of a second. */
  sigma: number
  base: number
  logPrice: number
  beta: number
  volatility: Volatility
  /** Its share of all trades. */
  weight: number
  /** Trades a second above its own pace that recent trades have set off (Hawkes, 1971). */
  excitement: number
  lastSide: 1 | -1
  bid: number
  ask: number
  nextId: number
}

/** A round lot at a price in dollars. Source: SEC, Regulation NMS, Rule 600(b)(93), as of November 2025. */
export const lotOf = (price: number): number => {
  if (price <= 250) return 100
  if (price <= 1000) return 40
  return price <= 10_000 ? 10 : 1
}

/** Cheap shares swing more than dear ones. Source: Cheung and Ng (1992), "Stock price dynamics and firm size". */
export const sigmaOf = (price: number): number => OWN_SIGMA * Math.min(1.4, Math.max(0.75, (50 / price) ** 0.15))

/** What the market needs of a symbol: its name, and the price in dollars that it starts at and is drawn back to. */
export type Start = { symbol: string; price: number }

export const createShare = ({ symbol, price }: Start, weight: number, seed: number, firstId: number): Share => {
  const random = createRandom(seed, symbol)
  const base = Math.log(price)
  return {
    symbol,
    random,
    lot: lotOf(price),
    sigma: sigmaOf(price),
    base,
    logPrice: base,
    beta: 0.5 + 1.1 * random.next(),
    volatility: startVolatility(SHARE_VOLATILITY, random),
    weight,
    excitement: 0,
    lastSide: 1,
    bid: 0,
    ask: 0,
    nextId: firstId,
  }
}

/**
 * How many trades happen in the next `dt` seconds at a mean of `rate` a second: more after trades than after quiet.
 * Scaled so that the mean is right whatever the step. `heat` is the pace of the moment as a multiple of the mean.
 */
export const stepActivity = (share: Share, rate: number, dt: number): { count: number; heat: number } => {
  const kept = Math.exp(-dt / FADE)
  share.excitement *= kept
  const pace = rate * (1 - BRANCHING) + share.excitement
  const count = share.random.poisson(pace * dt)
  share.excitement += (count * BRANCHING * (1 - kept)) / (kept * dt)
  return { count, heat: rate > 0 ? pace / rate : 1 }
}

/** The mean excitement of a share that trades `rate` times a second. */
export const usualExcitement = (rate: number): number => rate * BRANCHING

/** Moves the hidden price on by `dt` seconds and bid and ask with it; busy times move it more. */
export const stepPrice = (share: Share, marketReturn: number, heat: number, dt: number): void => {
  const factor = stepVolatility(share.volatility, SHARE_VOLATILITY, dt, share.random)
  const variance = dt * (0.5 + 0.5 * Math.min(heat, 8))
  const own = share.sigma * factor * Math.sqrt(variance) * share.random.normal()
  share.logPrice += share.beta * marketReturn + own + ((share.base - share.logPrice) * dt) / PULL
  const price = Math.exp(share.logPrice)
  const spread = Math.max(1, Math.round((price * 0.00012 * factor) / TICK))
  share.bid = Math.max(1, Math.round(price / TICK - spread / 2))
  share.ask = share.bid + spread
}

/**
 * A size in round lots, heavy-tailed. Source of the exponent: Gopikrishnan et al. (2000), half-cubic law of volumes.
 */
export const sizeOf = ({ lot, random }: Share): number => lot * Math.min(MOST_LOTS, Math.floor(random.pareto(1.5)))
