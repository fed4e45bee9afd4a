import { type Command, type CommandKind, isUnderWay } from '../../../wire/commands.ts'
import { MAX_LATITUDE } from '../../../wire/fleet.ts'

/** A place on the map, in degrees. */
export type Spot = { lat: number; lon: number }

/** A metre is 0.00001 degrees of latitude. */
const DIGITS = 5
const SPOT = /^(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/

const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180

/** As commands carry it: `30.26720,-97.74310`. A map that was panned around gives longitudes beyond 180 degrees. */
export const writeSpot = ({ lat, lon }: Spot): string => `${lat.toFixed(DIGITS)},${wrap(lon).toFixed(DIGITS)}`
export const writeSpots = (spots: readonly Spot[]): string => spots.map(writeSpot).join(' ')

const readSpot = (text: string): Spot | null => {
  const [, lat, lon] = SPOT.exec(text) ?? []
  if (lat === undefined) return null
  const spot = { lat: Number(lat), lon: Number(lon) }
  return Math.abs(spot.lat) <= MAX_LATITUDE && Math.abs(spot.lon) <= 180 ? spot : null
}

/** The places in what somebody typed: a comma within a place, a blank or a line between two. Null where one is none. */
export const readSpots = (text: string): Spot[] | null => {
  const words = text
    .trim()
    .replace(/\s*,\s*/g, ',')
    .split(/[\s;]+/)
    .filter(Boolean)
  const spots = words.map(readSpot).filter((spot) => spot !== null)
  return spots.length === words.length ? spots : null
}

/** The places that commands under way name, a list for each argument that has some. */
export const spotsOf = (
  commands: readonly Command[],
  find: (kind: string) => CommandKind | undefined,
): (readonly Spot[])[] =>
  commands
    .filter(({ state }) => isUnderWay(state))
    .flatMap(({ kind, args }) =>
      (find(kind)?.args ?? [])
        .filter(({ type }) => type === 'place' || type === 'route')
        .map(({ name }) => readSpots(String(args[name] ?? '')) ?? []),
    )
    .filter((spots) => spots.length > 0)
