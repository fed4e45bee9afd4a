import { DAY } from '../../wire/market.ts'

/**
 * New York's session in UTC milliseconds of the day, 13:30 to 20:00 (summer time; the hour's shift in winter is left
 * out).
 */
const OPEN = 13.5 * 3_600_000
const CLOSE = 20 * 3_600_000
/** Outside the session a demo must be alive too: activity falls to this, not to nothing. */
const FLOOR = 0.8
/** How much busier than midday the open and the close are. */
const EDGE = 0.8

const SHARE = (CLOSE - OPEN) / DAY
/** The mean of the bare curve over a day; a parabola's mean over its U is a third of its height. */
const MEAN = SHARE * (1 + EDGE / 3) + (1 - SHARE) * FLOOR

/**
 * Trading activity at `t` (Unix milliseconds) as a multiple of the day's mean: U-shaped over the session, a floor
 * around it. Source of the U: Jain and Joh (1988), "The dependence between hourly prices and trading volume".
 */
export const dayCurve = (t: number): number => {
  const time = t % DAY
  if (time < OPEN || time >= CLOSE) return FLOOR / MEAN
  const place = (2 * (time - OPEN)) / (CLOSE - OPEN) - 1
  return (1 + EDGE * place * place) / MEAN
}
