const DAY = 86_400_000

const dayOf = (at: number): string => new Date(at).toDateString()

/** A time as one says it to somebody today: `18:00`, `tomorrow 9:00`, `3 Dec 18:00`, `3 Dec 2027`. */
export const formatWhen = (at: number, now: number): string => {
  const date = new Date(at)
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (dayOf(at) === dayOf(now)) return time
  if (dayOf(at) === dayOf(now + DAY)) return `tomorrow ${time}`
  if (dayOf(at) === dayOf(now - DAY)) return `yesterday ${time}`
  const day = { day: 'numeric', month: 'short' } as const
  return date.getFullYear() === new Date(now).getFullYear()
    ? `${date.toLocaleDateString('en-GB', day)} ${time}`
    : date.toLocaleDateString('en-GB', { ...day, year: 'numeric' })
}

/** The last moment of a day, in this browser's time zone. */
export const endOfDay = (now: number): number => new Date(now).setHours(23, 59, 59, 999)
