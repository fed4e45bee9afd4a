import type { CommandArg, CommandArgs, CommandKind } from '../../wire/commands.ts'
import { MAX_LATITUDE } from '../../wire/fleet.ts'
import { cleanText } from '../rooms/clean.ts'

/** Longest text where the kind does not say, in letters; places of a route. */
const MOST_LETTERS = 500
const MOST_PLACES = 100
/** All arguments together as JSON, in bytes of UTF-8: what the function library takes. */
const MOST_BYTES = 4000

/** What an argument is, or what is wrong with it, in words that follow its name. */
type Checked = { value: CommandArgs[string] } | { wrong: string }

/** The arguments as they go to the device; what is wrong with them, where something is. */
export const checkArgs = (
  { name: kind, args }: Pick<CommandKind, 'name' | 'args'>,
  given: Readonly<CommandArgs>,
): { args: CommandArgs } | { wrong: string } => {
  const known = new Set(args.map(({ name }) => name))
  const strange = Object.keys(given).find((name) => !known.has(name))
  if (strange !== undefined) return { wrong: `${kind} takes no argument called ${strange.slice(0, 40)}.` }
  const checked: CommandArgs = {}
  for (const arg of args) {
    const value = Object.hasOwn(given, arg.name) ? given[arg.name] : undefined
    if (value === undefined && arg.optional) continue
    const read = value === undefined ? { wrong: 'is missing' } : CHECKS[arg.type](value, arg)
    if ('wrong' in read) return { wrong: `${arg.name} ${read.wrong}.` }
    checked[arg.name] = read.value
  }
  const isLong = Buffer.byteLength(JSON.stringify(checked)) > MOST_BYTES
  return isLong ? { wrong: `All arguments together take at most ${MOST_BYTES} bytes.` } : { args: checked }
}

type Check = (value: CommandArgs[string], arg: CommandArg) => Checked

const between = ({ least, most }: CommandArg): string =>
  least === undefined
    ? `must be ${most} at the most`
    : `must be ${most === undefined ? `${least} or more` : `${least} to ${most}`}`

const checkNumber: Check = (value, arg) => {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = arg
  if (typeof value !== 'number' || !Number.isFinite(value)) return { wrong: 'must be a number' }
  return value >= least && value <= most ? { value } : { wrong: between(arg) }
}

const checkText: Check = (value, arg) => {
  const { least = 0, most = MOST_LETTERS } = arg
  if (typeof value !== 'string') return { wrong: 'must be a text' }
  const clean = cleanText(value)
  const letters = clean === null ? Number.POSITIVE_INFINITY : [...clean].length
  if (clean === null || letters > most) return { wrong: `takes at most ${most} letters` }
  return letters >= least ? { value: clean } : { wrong: `takes at least ${least} letters` }
}

const checkChoice: Check = (value, { choices = [] }) =>
  typeof value === 'string' && choices.includes(value) ? { value } : { wrong: `must be one of ${choices.join(', ')}` }

const checkYes: Check = (value) => (typeof value === 'boolean' ? { value } : { wrong: 'must be yes or no' })

const PLACE = /^ *(-?\d{1,2}(?:\.\d{1,15})?) *, *(-?\d{1,3}(?:\.\d{1,15})?) *$/
/** `lat,lon` as it is kept; null where the text is no place of the map. */
const placeIn = (text: string): string | null => {
  const [, lat, lon] = PLACE.exec(text) ?? []
  if (lat === undefined || lon === undefined) return null
  const isOnMap = Math.abs(Number(lat)) <= MAX_LATITUDE && Math.abs(Number(lon)) <= 180
  return isOnMap ? `${Number(lat)},${Number(lon)}` : null
}

const checkPlace: Check = (value) => {
  const place = typeof value === 'string' ? placeIn(value) : null
  return place === null ? { wrong: 'must be a place, as in 30.2672,-97.7431' } : { value: place }
}

const checkRoute: Check = (value) => {
  const places = typeof value === 'string' ? value.split(' ').filter(Boolean) : []
  if (places.length < 2 || places.length > MOST_PLACES)
    return { wrong: `must be 2 to ${MOST_PLACES} places, one blank between two` }
  const read = places.map(placeIn)
  return read.includes(null) ? { wrong: 'must be places, as in 30.26,-97.74 30.27,-97.75' } : { value: read.join(' ') }
}

const CHECKS: Record<CommandArg['type'], Check> = {
  number: checkNumber,
  text: checkText,
  choice: checkChoice,
  yes: checkYes,
  place: checkPlace,
  route: checkRoute,
}
