import { decimal } from '../numbers.ts'
import { clockOf, dayOf } from '../times.ts'

/** Degrees of `dddmm.mmm`: the last two digits before the point are minutes. NaN where it is not of that form. */
const degreesOf = (text: string): number => {
  const [, degrees = '', minutes = ''] = /^(\d{0,3}?)(\d{1,2}(?:\.\d*)?)$/.exec(text) ?? []
  return minutes !== '' && Number(minutes) < 60 ? Number(degrees) + Number(minutes) / 60 : Number.NaN
}

/**
 * Latitude and longitude of four fields, or the reason why there is none. A hemisphere that is not told is not guessed.
 */
export const positionOf = ([lat = '', north = '', lon = '', east = '']: readonly string[]):
  | { lat: number; lon: number }
  | string => {
  if (lat === '' || lon === '') return 'malformed: a fix without a position'
  if (north !== 'N' && north !== 'S') return `the hemisphere is neither N nor S but "${north}"`
  if (east !== 'E' && east !== 'W') return `the hemisphere is neither E nor W but "${east}"`
  return { lat: degreesOf(lat) * (north === 'N' ? 1 : -1), lon: degreesOf(lon) * (east === 'E' ? 1 : -1) }
}

/** Milliseconds since midnight of `hhmmss[.s...]`; NaN where it is none. */
export const clockField = (text: string): number => {
  const [, hours, minutes, seconds, fraction] = /^(\d\d)(\d\d)(\d\d)(?:\.(\d*))?$/.exec(text) ?? []
  return clockOf(Number(hours), Number(minutes), Number(seconds), fraction)
}

/** Midnight of `ddmmyy`; NaN where it is no day. The year has two digits: GPS time began in 1980. */
export const dayField = (text: string): number => {
  const [, day, month, year] = (/^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []).map(Number)
  return dayOf((year ?? Number.NaN) + ((year ?? 0) < 80 ? 2000 : 1900), month ?? Number.NaN, day ?? Number.NaN)
}

/** Metres a second of a speed in knots; undefined where it is not told. */
export const speedField = (text = ''): number | undefined => (text === '' ? undefined : (decimal(text) * 1852) / 3600)
