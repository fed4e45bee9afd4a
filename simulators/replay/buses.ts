import { sourceNumber } from '../../formats/numbers.ts'
import type { Collector } from './collect.ts'
import { columnsOf, openCsv, type Row, refuseTwins } from './csv.ts'
import type { FoundFix } from './fixes.ts'
import type { Opening, Reader } from './reader.ts'
import { readTime } from './times.ts'
import { UTC, type Zone } from './zone.ts'

const NEEDED = ['vehicle_id', 'timestamp', 'latitude', 'longitude']
const READ = [...NEEDED, 'speed', 'bearing']
const hasColumns = (text: string, names: readonly string[]): boolean => {
  const columns = columnsOf(text)
  return names.every((name) => columns.includes(name))
}

export const isBods = (text: string): boolean => hasColumns(text, ['id', ...NEEDED])
export const isCapMetro = (text: string): boolean => hasColumns(text, NEEDED) && !isBods(text)

const fixOf = (row: Row, zone: Zone | null, routeColumn: string): FoundFix => {
  const route = row.text(routeColumn)
  return {
    id: row.text('vehicle_id') ?? '',
    t: readTime(row.text('timestamp') ?? '', zone),
    lat: row.number('latitude'),
    lon: row.number('longitude'),
    speed: row.optional('speed'),
    heading: row.optional('bearing'),
    ...(route && { route }),
  }
}

/**
 * Capital Metro's vehicle positions as CapMetrics stores them: times with an offset, speed in m/s. They have no
 * numbers.
 */
export const openCapMetro = (opening: Opening, zone: Zone | null, collector: Collector): Reader => {
  refuseTwins(opening.start, [...READ, 'route_id'])
  return openCsv(opening, collector, (row, line, content) => collector.fix(fixOf(row, zone, 'route_id'), line, content))
}

/**
 * Positions of the UK's Bus Open Data Service as movingpandas-examples stores them: times in UTC, bearing often empty.
 * A row whose number cannot be read has none.
 */
export const openBods = (opening: Opening, zone: Zone | null, collector: Collector): Reader => {
  refuseTwins(opening.start, ['id', ...READ, 'route_name'])
  return openCsv(opening, collector, (row, line, content) => {
    const fix = fixOf(row, zone ?? UTC, 'route_name')
    const n = sourceNumber(row.text('id'))
    collector.fix(Number.isNaN(n) ? fix : { ...fix, n }, line, content)
  })
}
