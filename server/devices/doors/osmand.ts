import type { ReportedFix } from '../../../wire/devices.ts'
import { readTime } from './times.ts'
import {
  accuracyOf,
  atLeast0,
  type DoorError,
  fromKnots,
  fromMs,
  fromPercent,
  type Identified,
  isWrong,
  known,
  reportOf,
  type Told,
  type Value,
  wrong,
} from './told.ts'

/** Parameters that mean something here; the others are kept by their names. */
const OWN = [
  'id',
  'deviceid',
  'key',
  'lat',
  'lon',
  'location',
  'timestamp',
  'valid',
  'speed',
  'speed_ms',
  'bearing',
  'heading',
  'altitude',
  'accuracy',
  'batt',
  'charge',
]
const MOST_PARAMETERS = 64
const NUMBER = /^-?(?:\d{1,20}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,3})?$/i
/** What programs write for a number that they do not know. */
const UNKNOWN = /^-?(?:nan|inf|infinity|null|undefined)$/i

type Texts = ReadonlyMap<string, string>
type Place = { lat: number; lon: number }

/**
 * What the parameters of OsmAnd and of Traccar Client up to version 8 say, in an address or a form. `now`: when it came,
 * in Unix milliseconds, for a device that does not tell the time.
 */
export const readOsmAnd = (parameters: URLSearchParams, now: number): Identified | DoorError => {
  if (parameters.size > MOST_PARAMETERS) return wrong(`There are more than ${MOST_PARAMETERS} parameters.`)
  const texts = textsOf(parameters)
  const id = texts.get('id') ?? texts.get('deviceid')
  if (id === undefined) return wrong('The parameter id is missing: it names the device.')
  const fix = fixOf(texts, now)
  if (fix !== null && isWrong(fix)) return fix
  const more = moreOf(texts)
  return isWrong(more) ? more : { id, report: reportOf(fix, more) }
}

/** The first of each that means something here; of the others all, with a blank between two. */
const textsOf = (parameters: URLSearchParams): Texts => {
  const texts = new Map<string, string>()
  for (const [name, value] of parameters) {
    const before = texts.get(name)
    if (before === undefined) {
      if (value !== '') texts.set(name, value)
    } else if (!OWN.includes(name)) texts.set(name, `${before} ${value}`)
  }
  return texts
}

/** A number that a parameter tells; undefined where it tells none. */
const numberOf = (name: string, text: string | undefined): number | DoorError | undefined => {
  if (text === undefined || UNKNOWN.test(text)) return undefined
  const value = NUMBER.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  if (text.startsWith(' ')) return wrong(`${name}: a + in an address means a blank: leave it out, or write %2B.`)
  return wrong(`${name}: is not a number${text.includes(',') ? ': it takes a point where it has a comma' : ''}.`)
}

/** Numbers by their names; what is wrong with the first that is none. */
const numbersOf = <Name extends string>(texts: Texts, ...names: Name[]): Partial<Record<Name, number>> | DoorError => {
  const numbers: Partial<Record<Name, number>> = {}
  for (const name of names) {
    const value = numberOf(name, texts.get(name))
    if (typeof value === 'object') return value
    if (value !== undefined) numbers[name] = value
  }
  return numbers
}

const placeOf = (texts: Texts): Place | DoorError | null => {
  const location = texts.get('location')
  const [lat, lon, ...more] = location?.split(',') ?? [texts.get('lat'), texts.get('lon')]
  if (lat === undefined && lon === undefined) return null
  if (location !== undefined && (lon === undefined || more.length > 0))
    return wrong('location: is two numbers with a comma between them, and points in them.')
  const place = numbersOf(new Map([...entryOf('lat', lat), ...entryOf('lon', lon)]), 'lat', 'lon')
  if (isWrong(place)) return place
  if (place.lat === undefined && place.lon === undefined) return null
  if (place.lat === undefined || place.lon === undefined) return wrong('lat and lon: one of them is missing.')
  // What trackers send that do not know where they are.
  return place.lat === 0 && place.lon === 0 ? null : { lat: place.lat, lon: place.lon }
}
const entryOf = (name: string, text: string | undefined): [string, string][] =>
  text === undefined ? [] : [[name, text]]

const isNo = (text: string | undefined): boolean => text === 'false' || text === '0'
const isYes = (text: string | undefined): boolean => text === 'true' || text === '1'

/** Where the device is; null where it does not say, or says that it does not know. */
const fixOf = (texts: Texts, now: number): ReportedFix | DoorError | null => {
  const place = placeOf(texts)
  if (place === null || isWrong(place)) return place
  const at = texts.get('timestamp')
  const t = at === undefined ? now : readTime(at)
  if (t === null) return wrong(timeHint(at ?? ''))
  const told = numbersOf(texts, 'speed', 'speed_ms', 'bearing', 'heading')
  if (isWrong(told)) return told
  if (isNo(texts.get('valid'))) return null
  const { speed, speed_ms, bearing, heading = bearing } = told
  return { t, ...place, ...known({ speed: fromMs(speed_ms) ?? fromKnots(speed), heading: atLeast0(heading) }) }
}

const timeHint = (text: string): string =>
  / \d\d:?\d\d$/.test(text) && text.includes('T')
    ? 'timestamp: a + in an address means a blank: write %2B.'
    : 'timestamp: is no time: seconds or milliseconds since 1970, or 2026-11-30T10:00:00Z.'

/** What else it tells, by the names that readings have here. */
const moreOf = (texts: Texts): { battery: number | undefined; told: Told } | DoorError => {
  const numbers = numbersOf(texts, 'altitude', 'accuracy', 'batt')
  if (isWrong(numbers)) return numbers
  const { altitude, accuracy, batt } = numbers
  const measured = known({ accuracy: accuracyOf(accuracy), altitude, charging: chargingOf(texts.get('charge')) })
  const others = [...texts]
    .filter(([name]) => !OWN.includes(name))
    .map(([name, text]): Told[number] => [name, readValue(text)])
  return { battery: fromPercent(batt), told: [...Object.entries(measured), ...others] }
}

const chargingOf = (text: string | undefined): number | undefined => {
  if (isYes(text)) return 1
  return isNo(text) ? 0 : undefined
}

const readValue = (text: string): Value => {
  if (text === 'true' || text === 'false') return text === 'true'
  return NUMBER.test(text) ? Number(text) : text
}
