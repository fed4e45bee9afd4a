import type { Collector } from '../collect.ts'
import { deviceNames } from '../devices.ts'
import { decimal, optional } from '../numbers.ts'
import { readTime } from '../times.ts'
import { UTC, type Zone } from '../zone.ts'
import { readLines } from './lines.ts'
import { LINES, type Line, type Point } from './points.ts'
import { escapeStray, rootName } from './xml.ts'

export const isGpx = (text: string): boolean => /^([^:]+:)?gpx$/.test(rootName(text) ?? '')

const readPoint = (point: Point, device: string, zone: Zone, collector: Collector): void => {
  const { row, lat = '', lon = '', time = '', speed, course, bearing, heading } = point
  const fix = {
    id: device,
    t: time.trim() === '' ? 'the point has no time' : readTime(time, zone),
    lat: decimal(lat),
    lon: decimal(lon),
    speed: optional(speed),
    heading: optional(course ?? bearing ?? heading),
  }
  collector.fix(fix, row, `lat="${lat}" lon="${lon}" ${time}`)
}

/**
 * GPX 1.0 and 1.1: the points of its tracks; where it has none, those of its routes, else its waypoints. Each of
 * several tracks is a device of its own, unless `isOneDevice`. Times without a zone are UTC, as the format says, unless
 * a person names another.
 */
export const readGpx = (
  text: string,
  hints: { device: string; isOneDevice: boolean; zone: Zone | null },
  collector: Collector,
): void => {
  const root = rootName(text)
  if (!isGpx(text)) throw new Error(root === null ? 'it does not begin as XML' : `its root element is <${root}>`)
  const escaped = escapeStray(text, (sign, row, content) => {
    collector.note(`a ${sign} that is not escaped was read as it stands`, row, content)
  })
  const all = readLines(escaped, collector).filter(({ points }) => points.length > 0)
  const kindOf = (lines: readonly Line[]) => Object.keys(LINES).find((kind) => lines.some((line) => line.kind === kind))
  const timed = all.filter(({ points }) => points.some(({ time }) => time !== undefined))
  const kind = kindOf(timed) ?? kindOf(all)
  const lines = all.filter((line) => line.kind === kind)
  const devices = deviceNames(lines, hints)
  for (const [place, { points }] of lines.entries())
    for (const point of points) readPoint(point, devices[place] ?? hints.device, hints.zone ?? UTC, collector)
  for (const line of all)
    if (line.kind !== kind)
      for (const { row, lat, lon } of line.points)
        collector.unneeded(`${line.kind} point`, row, `lat="${lat}" lon="${lon}"`)
}
