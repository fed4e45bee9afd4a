const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

const DAY = 86_400_000

/** The day that a time is in, by this browser's clock. */
export const dayOf = (t: number): string => new Date(t).toDateString()
/** `09:41`. */
export const timeOf = (t: number): string => clock.format(t)
/** All of it, for whoever asks: `30 Nov 2026, 09:41:07`. */
export const momentOf = (t: number): string => moment.format(t)

/** A day as people call it. */
export const dayName = (t: number, now: number): string => {
  if (dayOf(t) === dayOf(now)) return 'Today'
  if (dayOf(t) === dayOf(now - DAY)) return 'Yesterday'
  return (Math.abs(now - t) < 300 * DAY ? day : dayOfYear).format(t)
}

/** When something was, as short as can be: the time today, else the day. */
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
export const whenOf = (t: number, now: number): string => (dayOf(t) === dayOf(now) ? clock : shortDay).format(t)
