import { parse } from 'csv-parse/sync'
import type { Fix } from '../../wire/fleet.ts'
import type { Collector } from './recording.ts'

type Row = Record<string, string | undefined>
type Parsed = { record: string[]; info: { lines: number } }

/** A field as a number; NaN where it is missing, empty or not a number. */
const numberOf = (text: string | undefined): number =>
  text !== undefined && text.trim() !== '' ? Number(text) : Number.NaN

/** Optional values that are there, and numbers. */
const given = (values: Pick<Fix, 'speed' | 'heading'>): Pick<Fix, 'speed' | 'heading'> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)))

const readRows = (text: string, collector: Collector, fixOf: (row: Row) => Fix): void => {
  const options = {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  } as const
  const [header, ...parsed] = parse(text, options) as unknown as Parsed[]
  const names = header?.record ?? []
  for (const { record, info } of parsed) {
    const content = record.join(',')
    if (record.length !== names.length)
      collector.skip(`malformed: ${record.length} columns instead of ${names.length}`, info.lines, content)
    else collector.fix(fixOf(Object.fromEntries(names.map((name, i) => [name, record[i]]))), info.lines, content)
  }
}

/**
 * Capital Metro's vehicle positions as CapMetrics stores them: times with an offset, speed in m/s. They have no numbers: the time
 * is the number.
 */
export const readCapMetro = (text: string, collector: Collector): void =>
  readRows(text, collector, (row) => {
    const t = Date.parse(row.timestamp ?? '')
    return {
      id: row.vehicle_id ?? '',
      n: t,
      t,
      lat: numberOf(row.latitude),
      lon: numberOf(row.longitude),
      ...given({ speed: numberOf(row.speed) }),
      ...(row.route_id && { route: row.route_id }),
    }
  })

/** Positions of the UK's Bus Open Data Service as movingpandas-examples stores them: times in UTC, bearing often empty. */
export const readBods = (text: string, collector: Collector): void =>
  readRows(text, collector, (row) => {
    const t = Date.parse(`${(row.timestamp ?? '').replace(' ', 'T')}Z`)
    return {
      id: row.vehicle_id ?? '',
      n: numberOf(row.id),
      t,
      lat: numberOf(row.latitude),
      lon: numberOf(row.longitude),
      ...given({ heading: numberOf(row.bearing) }),
      ...(row.route_name && { route: row.route_name }),
    }
  })
