import { dayOf } from '../../formats/times.ts'
import { Mistake } from '../flags.ts'
import { FORMATS, type FormatName, isFormat } from './formats.ts'
import { type Zone, zoneOf } from './zone.ts'

export const formatFlag = (text: string | undefined): FormatName | null => {
  if (text === undefined) return null
  if (isFormat(text)) return text
  throw new Mistake(`--format takes one of ${Object.keys(FORMATS).join(', ')}, not "${text}"`)
}

export const zoneFlag = (text: string | undefined): Zone | null => {
  const zone = text === undefined ? null : zoneOf(text)
  if (zone !== null || text === undefined) return zone
  throw new Mistake(`--zone takes a time zone such as America/Chicago, UTC or +01:00, not "${text}"`)
}

export const dateFlag = (text: string | undefined): number => {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? []).map(Number)
  const date = dayOf(year ?? Number.NaN, month ?? Number.NaN, day ?? Number.NaN)
  if (text === undefined || !Number.isNaN(date)) return date
  throw new Mistake(`--date takes a day such as 2024-03-05, not "${text}"`)
}
