/** Days of a calendar: each is the moment at which it begins by this browser's clock (Unix ms). Weeks begin on Monday. */
export const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** The same time so many days later: days on which the clock is changed have 23 or 25 hours. */
export const daysLater = (at: number, days: number): number => {
  const date = new Date(at)
  return date.setDate(date.getDate() + days)
}

/** The same day so many months later, or the last of that month where it is shorter. */
export const monthsLater = (day: number, months: number): number => {
  const date = new Date(day)
  const [year, month] = [date.getFullYear(), date.getMonth() + months]
  const last = new Date(year, month + 1, 0).getDate()
  return new Date(year, month, Math.min(date.getDate(), last)).getTime()
}

export const isSameMonth = (a: number, b: number): boolean => {
  const [one, other] = [new Date(a), new Date(b)]
  return one.getFullYear() === other.getFullYear() && one.getMonth() === other.getMonth()
}

const weekday = (day: number): number => (new Date(day).getDay() + 6) % 7

/** The first day of a day's week. */
export const startOfWeek = (day: number): number => daysLater(day, -weekday(day))

/** The weeks of a day's month, whole: they begin and end with days of the months beside it. */
export const weeksOf = (day: number): number[][] => {
  const date = new Date(day)
  const first = new Date(date.getFullYear(), date.getMonth(), 1).getTime()
  const length = new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate()
  return Array.from({ length: Math.ceil((weekday(first) + length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, i) => daysLater(first, 7 * week + i - weekday(first))),
  )
}

/** A time of a day as people type it, `08:15` or `08:15:30`; null where it is none. */
export const timeOn = (day: number, text: string): number | null => {
  const [, hours, minutes, seconds = '0'] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text.trim()) ?? []
  return hours === undefined ? null : new Date(day).setHours(Number(hours), Number(minutes), Number(seconds), 0)
}
