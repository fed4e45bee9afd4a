import { DAY } from '../../../wire/market.ts'
import type { WallClock } from '../../state/ticks.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const DATE = { day: 'numeric', month: 'short' } as const
const clock = new Intl.DateTimeFormat(undefined, TIME)
const calendar = new Intl.DateTimeFormat(undefined, DATE)
const dated = new Intl.DateTimeFormat(undefined, { ...DATE, year: 'numeric' })
const datedUtc = new Intl.DateTimeFormat(undefined, { ...DATE, year: 'numeric', timeZone: 'UTC' })

/** WallClock as this browser's clock shows them: each by the offset that its zone has then. */
export const WALL_CLOCK: WallClock = {
  local: (t) => t - new Date(t).getTimezoneOffset() * MINUTE,
  label: (t, newDay) => (newDay ? calendar : clock).format(t),
}

/** Bars of a day are days of UTC: elsewhere they would begin in the evening before. */
const DAYS: WallClock = { local: (t) => t, label: (t) => datedUtc.format(t) }

/** The clock of bars of an interval (ms). */
export const clockOf = (interval: number): WallClock => (interval >= DAY ? DAYS : WALL_CLOCK)

/** Day and time of a bar; the year, too, where a screen holds weeks and years of them. */
export const timeOfBar = (t: number, interval: number): string => {
  if (interval >= DAY) return datedUtc.format(t)
  return `${(interval >= HOUR ? dated : calendar).format(t)} ${clock.format(t)}`
}
