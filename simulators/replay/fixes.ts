import { type Fix, MAX_LATITUDE } from '../../wire/fleet.ts'
import { isName } from '../../wire/topics.ts'
import { millisecondsOf, type Time } from './times.ts'

/**
 * A fix as a file tells it: a number of its own or none, and what is optional as it stands there, NaN where it is no
 * number.
 */
export type FoundFix = Omit<Fix, 'n' | 't' | 'speed' | 'heading' | 'battery'> & {
  n?: number
  t: Time
  speed?: number | undefined
  heading?: number | undefined
  battery?: number | undefined
}

/** A fix without its device. */
export type FoundPlace = Omit<FoundFix, 'id'>

export const NO_DEVICE = 'the device id cannot be a name'
export const isDevice = isName

/** Why a fix of a device is of no use; null where it is of use. */
export const placeFault = ({ t, lat, lon }: FoundPlace): string | null => {
  if (typeof t === 'string') return t
  if (!(millisecondsOf(t) > 0)) return 'the time cannot be read'
  if (Number.isNaN(lat) || Number.isNaN(lon)) return 'the position cannot be read'
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return 'the position is not on Earth'
  if (Math.abs(lat) > MAX_LATITUDE) return 'the map has no place for it: it ends at 85.05 degrees'
  return lat === 0 && lon === 0 ? 'position 0,0: the receiver had none' : null
}

const RANGES = { speed: 1000, heading: 360, battery: 1 } as const
const ROUTE_BYTES = 64

/** The beginning of a route that the floor keeps, without cutting a character in two. */
const shortRoute = (route: string): string =>
  route.slice(0, new TextEncoder().encodeInto(route, new Uint8Array(ROUTE_BYTES)).read)

/** The fix without what cannot be: a speed of -1, say, means that the source did not know it. `note` hears of each. */
export const tidyFix = (
  { speed, heading, battery, route, ...fix }: Omit<FoundPlace, 'n' | 't'> & Pick<Fix, 't'>,
  note: (what: string) => void,
): Omit<Fix, 'id' | 'n'> => {
  const tidied: Omit<Fix, 'id' | 'n'> = fix
  const told = { speed, heading, battery }
  for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const value = told[name]
    if (value === undefined) continue
    if (value >= 0 && value <= RANGES[name]) tidied[name] = value
    else note(`taken without the ${name}: it is out of range or no number`)
  }
  const plain = (route ?? '').replace(/\p{Cc}+/gu, ' ').trim()
  if (plain !== '') tidied.route = shortRoute(plain)
  if (tidied.route !== undefined && tidied.route !== plain) note(`the route is cut after ${ROUTE_BYTES} bytes`)
  return tidied
}
