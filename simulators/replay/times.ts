import { clockOf, dayOf, unixTime } from '../../formats/times.ts'
import { offsetOf, UTC, type Zone } from './zone.ts'

/** Unix milliseconds, perhaps with a note of what is not sure about them, or the reason why a row has none. */
export type Time = number | string | { t: number; note: string }

/** The milliseconds of a time; NaN where it has none. */
export const millisecondsOf = (time: Time): number => Number(typeof time === 'object' ? time.t : time)

export const UNREADABLE = 'the time cannot be read'
export const ZONELESS =
  'the time does not say in which zone: name it by --zone, such as --zone America/Chicago or --zone +01:00'

const inZone = (local: number, zone: Zone): Time => {
  const note = zone.doubt?.(local) ?? null
  return note === null ? zone(local) : { t: zone(local), note }
}

const ISO =
  /^(\d{4})([-/]?)(\d\d)\2(\d\d)(?:T| +)(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * A time as text: ISO 8601 and what is near it (a blank for the T, a comma before the fraction, slashes), or Unix time.
 * `zone` is where a time without one belongs; null: nobody said.
 */
export const readTime = (text: string, zone: Zone | null): Time => {
  const trimmed = text.trim().replace(/^(\d{8})(\d{6})$/, '$1T$2')
  if (/^\d{9,19}(\.\d+)?$/.test(trimmed)) return unixTime(Number(trimmed))
  const parts = ISO.exec(trimmed)
  if (parts === null) return UNREADABLE
  const [, year, , month, day, hours, minutes, seconds = '0', fraction, offset] = parts
  const midnight = dayOf(Number(year), Number(month), Number(day))
  const local = midnight + clockOf(Number(hours), Number(minutes), Number(seconds), fraction)
  if (Number.isNaN(local)) return UNREADABLE
  if (offset === undefined) return zone === null ? ZONELESS : inZone(local, zone)
  const t = local - (/[a-z]/i.test(offset) ? UTC(0) : offsetOf(offset))
  return Number.isNaN(t) ? UNREADABLE : t
}

/** A time in JSON: Unix time as a number or text, or ISO 8601. */
export const jsonTime = (value: unknown, zone: Zone | null): Time => {
  if (typeof value === 'string') return readTime(value, zone)
  return typeof value === 'number' ? unixTime(value) : UNREADABLE
}
