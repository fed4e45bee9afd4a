import { DAY } from '../wire/market.ts'

/** Midnight (UTC) of a day, in Unix milliseconds; NaN where the calendar has no such day. Months count from 1. */
export const dayOf = (year: number, month: number, day: number): number => {
  const midnight = new Date(Date.UTC(year, month - 1, day))
  const isRight = year >= 1970 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day
  return isRight ? midnight.getTime() : Number.NaN
}

/**
 * Milliseconds since midnight; `fraction` are the digits behind the point of the second. A leap second is the one after
 * it.
 */
export const clockOf = (hours: number, minutes: number, seconds: number, fraction = ''): number => {
  const clock = ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  const isRight = minutes < 60 && seconds <= 60 && (hours < 24 || clock === DAY)
  return isRight ? clock : Number.NaN
}

/** The time with this clock (milliseconds since midnight) that is nearest to `reference`, whichever day that is on. */
export const nearest = (clock: number, reference: number): number => clock + Math.round((reference - clock) / DAY) * DAY

/**
 * Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size, as milliseconds; NaN below
 * 1973.
 */
export const unixTime = (value: number): number => {
  if (!(value >= 1e8 && value < 1e20)) return Number.NaN
  if (value < 1e11) return Math.floor(value * 1000 + 0.001) // a double holds a fraction of a second to 0.0003 ms
  if (value < 1e14) return Math.floor(value)
  return Math.floor(value < 1e17 ? value / 1000 : value / 1_000_000)
}
