import { decimal, optional } from '../../../formats/numbers.ts'
import type { Collector } from '../collect.ts'
import { deviceNames } from '../devices.ts'
import type { Opening, Reader } from '../reader.ts'
import { type Source, TOO_MANY } from '../sources.ts'
import { readTime } from '../times.ts'
import { UTC, type Zone } from '../zone.ts'
import { createEscape } from './escape.ts'
import { createParser } from './parser.ts'
import { LINES, type Line, type LineKind, type Point } from './points.ts'
import { rootName } from './xml.ts'

export const isGpx = (text: string): boolean => /^([^:]+:)?gpx$/.test(rootName(text) ?? '')

const readPoint = (point: Point, device: Source, zone: Zone, collector: Collector): void => {
  const { row, lat = '', lon = '', time = '', speed, course, bearing, heading } = point
  const fix = {
    t: time.trim() === '' ? 'the point has no time' : readTime(time, zone),
    lat: decimal(lat),
    lon: decimal(lon),
    speed: optional(speed),
    heading: optional(course ?? bearing ?? heading),
  }
  collector.place(device, fix, row, `lat="${lat}" lon="${lon}" ${time}`)
}

/** A line that has points: `isTimed`, whether some of them have a time. */
type Used = { line: Line; device: Source; isTimed: boolean }

/** The kind of lines that is replayed: the first that has points with a time, else that has points. */
const kindOf = (all: readonly Used[]): LineKind | undefined => {
  const kinds = Object.keys(LINES) as LineKind[]
  const first = (lines: readonly Used[]) => kinds.find((kind) => lines.some(({ line }) => line.kind === kind))
  return first(all.filter(({ isTimed }) => isTimed)) ?? first(all)
}

/**
 * GPX 1.0 and 1.1: the points of its tracks; where it has none, those of its routes, else its waypoints. Each of
 * several tracks is a device of its own, unless `isOneDevice`. Times without a zone are UTC, as the format says, unless
 * a person names another.
 */
export const openGpx = (
  { start, firstRow }: Opening,
  hints: { device: string; isOneDevice: boolean; zone: Zone | null },
  collector: Collector,
): Reader => {
  if (!start.startsWith('<')) throw new Error('it does not begin as XML')
  const used = new Map<Line, Used>()
  const usedOf = (line: Line): Used | null => {
    const known = used.get(line)
    if (known) return known
    const device = collector.device()
    if (device === null) return null
    const added = { line, device, isTimed: false }
    used.set(line, added)
    return added
  }
  const parser = createParser(firstRow, collector, (line, point) => {
    const of = usedOf(line)
    if (of === null) return collector.skip(TOO_MANY, point.row, '')
    of.isTimed ||= point.time !== undefined
    readPoint(point, of.device, hints.zone ?? UTC, collector)
  })
  const escaped = createEscape(firstRow, parser.write, (sign, row, content) => {
    collector.note(`a ${sign} that is not escaped was read as it stands`, row, content)
  })
  return {
    write: escaped.write,
    end: () => {
      escaped.end()
      parser.end()
      const all = [...used.values()]
      const kind = kindOf(all)
      const lines = all.filter(({ line }) => line.kind === kind)
      const names = deviceNames(
        lines.map(({ line }) => line),
        hints,
      )
      for (const [place, { device }] of lines.entries()) device.name = names[place] ?? hints.device
      for (const { line, device } of all) if (line.kind !== kind) device.unneeded = `${line.kind} point`
    },
  }
}
