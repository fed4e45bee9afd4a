import type { WallClock } from '../../state/ticks.ts'

const MINUTE = 60_000
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const calendar = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** WallClock as this browser's clock shows them: each by the offset that its zone has then. */
export const WALL_CLOCK: WallClock = {
  local: (t) => t - new Date(t).getTimezoneOffset() * MINUTE,
  label: (t, newDay) => (newDay ? calendar : clock).format(t),
}

/** Day and time of a bar. */
export const dayAndTime = (t: number): string => `${calendar.format(t)} ${clock.format(t)}`
