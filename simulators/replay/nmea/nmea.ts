import { parseNmeaSentence } from 'nmea-simple'
import type { Fix } from '../../wire/fleet.ts'
import type { Collector } from './recording.ts'

/** Metres a second in a knot. */
const KNOT = 1852 / 3600

/**
 * The time of an RMC sentence (`hhmmss[.s...]`, `ddmmyy`) in Unix milliseconds; NaN where it has none. Read here, since nmea-simple drops
 * fractions of other than two digits.
 */
const timeOf = (time: string, date: string): number => {
  const clock = /^(\d\d)(\d\d)(\d\d(?:\.\d+)?)$/.exec(time)
  const day = /^(\d\d)(\d\d)(\d\d)$/.exec(date)
  if (!clock || !day) return Number.NaN
  const [, hours, minutes, seconds] = clock.map(Number)
  const [, dayOfMonth = 0, month = 0, year = 0] = day.map(Number)
  // The year has two digits: GPS time began in 1980.
  const midnight = Date.UTC(year < 80 ? 2000 + year : 1900 + year, month - 1, dayOfMonth)
  return midnight + Math.round(((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000)
}

const readRmc = (line: string, row: number, device: string, collector: Collector) => {
  const [, time = '', status, lat = '', , lon = '', , speed = '', course = '', date = ''] =
    line.split('*')[0]?.split(',') ?? []
  if (status !== 'A') return collector.skip('void fix: the receiver had no position', row, line)
  const packet = parseNmeaSentence(line)
  if (packet.sentenceId !== 'RMC' || lat === '' || lon === '')
    return collector.skip('malformed: a fix without a position', row, line)
  const t = timeOf(time, date)
  const fix: Fix = { id: device, n: t, t, lat: packet.latitude, lon: packet.longitude }
  // nmea-simple reads an empty field as 0: a receiver that stands still tells no course.
  if (speed !== '') fix.speed = packet.speedKnots * KNOT
  if (course !== '') fix.heading = packet.trackTrue
  collector.fix(fix, row, line)
}

const checksumHolds = (line: string): boolean => {
  const [body = '', sum = ''] = line.slice(1).split('*')
  let value = 0
  for (let i = 0; i < body.length; i++) value ^= body.charCodeAt(i)
  return /^[0-9a-f]{2}$/i.test(sum) && Number.parseInt(sum, 16) === value
}

const readSentence = (line: string, row: number, device: string, collector: Collector) => {
  const kind = /^[$!][A-Z]{2}([A-Z]{3}),/.exec(line)?.[1]
  if (kind === undefined) return collector.skip('malformed: not an NMEA sentence', row, line)
  if (!checksumHolds(line)) return collector.skip('bad or missing checksum', row, line)
  if (kind !== 'RMC') return collector.skip(`not a fix with a date: ${kind}`, row, line)
  readRmc(line, row, device, collector)
}

/**
 * NMEA 0183: fixes are the RMC sentences, the only ones that carry the date; the others are counted as not needed. The time is
 * the number.
 */
export const readNmea = (text: string, device: string, collector: Collector): void => {
  for (const [place, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line !== '') readSentence(line, place + 1, device, collector)
  }
}
