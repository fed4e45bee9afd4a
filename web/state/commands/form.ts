import type { CommandArg, CommandArgs, CommandKind } from '../../../wire/commands.ts'
import { readSpots, writeSpot, writeSpots } from './spots.ts'

/** What stands in a form, by the names of the arguments: the text of a field, or whether a box is ticked. */
export type Draft = Readonly<Record<string, string | boolean>>
type Value = CommandArgs[string]
type Read = { value: Value } | { wrong: string } | 'left out'

/** The longest text where its description does not say, in letters: as nodes have it. */
const MOST_LETTERS = 500
const EMPTY = 'Fill this in.'
const NO_PLACE = 'Click the map, or type a latitude and a longitude: 30.26720, -97.74310'
const NO_ROUTE = 'A route needs at least two places: click the map.'

const fieldOf = ({ type, choices, optional }: CommandArg, value: Value | undefined): string | boolean => {
  if (type === 'yes') return value === true
  if (value !== undefined) return String(value)
  return type === 'choice' && !optional ? (choices?.[0] ?? '') : ''
}

/** A form as it begins: with the values of an earlier command, or with the usual ones. */
export const draftOf = ({ args }: CommandKind, values: CommandArgs = {}): Draft =>
  Object.fromEntries(args.map((arg) => [arg.name, fieldOf(arg, values[arg.name] ?? arg.initial)]))

/** The limits of a number or of a text's length, in words; empty where there are none. */
export const limitsOf = ({ least, most, type, unit }: CommandArg): string => {
  const what = type === 'text' ? ' letters' : unit === undefined ? '' : ` ${unit}`
  if (least !== undefined && most !== undefined) return `${least} to ${most}${what}`
  if (least !== undefined) return `${least}${what} or more`
  return most === undefined ? '' : `${most}${what} at most`
}

const isWithin = (size: number, { least = -Infinity, most = Infinity }: CommandArg): boolean =>
  size >= least && size <= most

const readNumber = (arg: CommandArg, text: string): Read => {
  const value = Number(text.replace(',', '.'))
  if (!Number.isFinite(value)) return { wrong: 'This must be a number.' }
  return isWithin(value, arg) ? { value } : { wrong: `It must be ${limitsOf(arg)}.` }
}

const readPlaces = ({ type }: CommandArg, text: string): Read => {
  const spots = readSpots(text)
  const [first] = spots ?? []
  if (type === 'place')
    return spots?.length === 1 && first !== undefined ? { value: writeSpot(first) } : { wrong: NO_PLACE }
  return spots !== null && spots.length > 1 ? { value: writeSpots(spots) } : { wrong: NO_ROUTE }
}

/** What a field says, or what is wrong with it. */
export const readField = (arg: CommandArg, field: string | boolean): Read => {
  if (typeof field === 'boolean') return { value: field }
  const text = field.trim()
  const { type, optional, choices = [] } = arg
  if (text === '' && optional) return 'left out'
  if (type === 'place' || type === 'route') return readPlaces(arg, text)
  if (text === '') return { wrong: EMPTY }
  if (type === 'number') return readNumber(arg, text)
  if (type === 'choice') return choices.includes(text) ? { value: text } : { wrong: EMPTY }
  return isWithin([...text].length, { ...arg, most: arg.most ?? MOST_LETTERS })
    ? { value: text }
    : { wrong: `It must have ${limitsOf(arg)}.` }
}

/** What a form asks for; `wrong`: what is amiss, by the names of the arguments. */
export const readDraft = (kind: CommandKind, draft: Draft): { args: CommandArgs; wrong: Record<string, string> } => {
  const args: CommandArgs = {}
  const wrong: Record<string, string> = {}
  for (const arg of kind.args) {
    const read = readField(arg, draft[arg.name] ?? '')
    if (read === 'left out') continue
    if ('wrong' in read) wrong[arg.name] = read.wrong
    else args[arg.name] = read.value
  }
  return { args, wrong }
}

/** Seconds that a deadline may be away. */
const SPANS = [30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600] as const

/** Deadlines to choose from, in seconds from now: the kind's usual one is among them. */
export const deadlinesOf = ({ within, most }: Pick<CommandKind, 'within' | 'most'>): number[] =>
  [...new Set([...SPANS.filter((span) => span <= most), within])].toSorted((a, b) => a - b)
