import { MOST_REPORTED, type Report, type ReportedFix } from '../../../wire/devices.ts'
import { readTime } from './times.ts'
import {
  accuracyOf,
  atLeast0,
  type DoorError,
  fromMs,
  type Identified,
  isWrong,
  known,
  reportOf,
  type Told,
  type Value,
  wrong,
} from './told.ts'

type Fields = Record<string, unknown>

/** Fields of a location that mean something here, or that are new each time and say nothing. */
const OWN = ['timestamp', 'coords', 'battery', 'activity', 'is_moving', 'extras', 'alarm', '_', 'uuid', 'age', 'sample']

/** What Traccar Client sends from version 9 on: JSON with one location, or several. */
export const readTraccar = (text: string): Identified | DoorError => {
  const message = objectOf(parseJson(text))
  if (message === null) return wrong('The body is not an object of JSON.')
  const { device_id: named, location, locations } = message
  if (typeof named !== 'string' && typeof named !== 'number') return wrong('device_id: is missing.')
  const all = Array.isArray(locations) ? locations : [location]
  if (all.length > MOST_REPORTED) return wrong(`locations: takes at most ${MOST_REPORTED}.`)
  const reports: Report[] = []
  for (const each of all) {
    const report = readLocation(objectOf(each))
    if (isWrong(report)) return report
    reports.push(report)
  }
  return { id: String(named), report: together(reports) }
}

/** One report of several: all fixes, and what the last one says. */
export const together = (reports: readonly Report[]): Report => {
  const fixes = reports.flatMap(({ fixes: some = [] }) => some)
  return { ...reports.at(-1), ...(fixes.length > 0 && { fixes }) }
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
export const objectOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
export const isValue = (value: unknown): value is Value => ['string', 'number', 'boolean'].includes(typeof value)
/** Those fields that can be kept as they are. */
export const valuesOf = (fields: Fields | null, without: readonly string[] = []): Told =>
  Object.entries(fields ?? {}).filter(
    (entry): entry is Told[number] => !without.includes(entry[0]) && isValue(entry[1]),
  )

const readLocation = (location: Fields | null): Report | DoorError => {
  if (location === null) return wrong('location: is missing.')
  const fix = fixOf(location)
  if (fix !== null && isWrong(fix)) return fix
  const coords = objectOf(location.coords)
  const battery = objectOf(location.battery)
  const { is_moving: moves } = location
  const measured = known({
    accuracy: accuracyOf(numberIn(coords?.accuracy)),
    altitude: numberIn(coords?.altitude),
    charging: typeof battery?.is_charging === 'boolean' ? Number(battery.is_charging) : undefined,
  })
  const activity = objectOf(location.activity)?.type
  const alarm = location.alarm ?? objectOf(location.extras)?.alarm
  return reportOf(fix, {
    battery: atLeast0(numberIn(battery?.level)),
    parked: typeof moves === 'boolean' ? !moves : undefined,
    told: [
      ...Object.entries(measured),
      ...valuesOf({ activity, alarm }),
      ...valuesOf(location, OWN),
      ...valuesOf(objectOf(location.extras), ['alarm']),
    ],
  })
}

/** Where the device is; null where it does not say. */
const fixOf = ({ timestamp, coords }: Fields): ReportedFix | DoorError | null => {
  const t = readTime(String(timestamp))
  if (t === null) return wrong('location.timestamp: is no time.')
  const { latitude, longitude, speed, heading } = objectOf(coords) ?? {}
  const [lat, lon] = [numberIn(latitude), numberIn(longitude)]
  if (lat === undefined || lon === undefined || (lat === 0 && lon === 0)) return null
  return { t, lat, lon, ...known({ speed: fromMs(numberIn(speed)), heading: atLeast0(numberIn(heading)) }) }
}
