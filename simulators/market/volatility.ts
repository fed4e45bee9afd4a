import type { Random } from '../random.ts'

/**
 * Stochastic volatility: the logarithm of volatility wanders around its mean (Ornstein-Uhlenbeck), so that calm and
 * wild times cluster. Source: Taylor (1986), "Modelling Financial Time Series".
 */
export type Volatility = { log: number }

/** Standard deviation of the logarithm, and the time in seconds over which it forgets. */
export type VolatilityShape = { spread: number; memory: number }

/** The market's volatility drifts over half hours, a share's own over minutes. */
export const MARKET_VOLATILITY: VolatilityShape = { spread: 0.45, memory: 2400 }
export const SHARE_VOLATILITY: VolatilityShape = { spread: 0.5, memory: 900 }

export const startVolatility = ({ spread }: VolatilityShape, random: Random): Volatility => ({
  log: spread * random.normal(),
})

/** Moves volatility on by `dt` seconds, exactly, whatever the step; answers the factor, whose mean square is 1. */
export const stepVolatility = (state: Volatility, shape: VolatilityShape, dt: number, random: Random): number => {
  const kept = Math.exp(-dt / shape.memory)
  state.log = kept * state.log + shape.spread * Math.sqrt(1 - kept * kept) * random.normal()
  return Math.exp(state.log - shape.spread * shape.spread)
}
