import { decimal, optional } from '../numbers.ts'
import { dayOf } from '../times.ts'
import { clockField, dayField, positionOf, speedField } from './positions.ts'
import { type Sentence, typeOf } from './sentence.ts'

/**
 * A sentence that tells the time. `clock`: milliseconds since midnight; `day`: midnight of its date; both NaN where it
 * does not tell them. `fault`: why nothing can be made of it. `t`: when it was, once all dates are known.
 */
export type Moment = {
  sentence: Sentence
  type: string
  clock: number
  day: number
  fault: string | null
  t: number
}

/**
 * Place of the time and of the first of four fields of a position; how many fields there must be; whether the receiver
 * had a position; how it came to it, as a letter of NMEA's modes.
 */
type Layout = {
  time: number
  place: number
  least: number
  isFix: (fields: readonly string[]) => boolean
  mode: (fields: readonly string[]) => string | undefined
}

/** The qualities of GGA that are modes of another kind than a measured position. */
const QUALITIES: Record<string, string> = { 6: 'E', 7: 'M', 8: 'S' }

/** The mode of GNS has a letter for each system of satellites. */
const modeOfSystems = (letters = ''): string | undefined =>
  ['S', 'E', 'M'].find((mode) => new RegExp(`^[N${mode}]+$`).test(letters))

/** The sentences that tell a position. Those that tell most of it come first. */
const LAYOUTS: Record<string, Layout> = {
  RMC: {
    time: 0,
    place: 2,
    least: 9,
    isFix: (fields) => fields[1] === 'A' && fields[11] !== 'N',
    mode: (fields) => fields[11],
  },
  GGA: {
    time: 0,
    place: 1,
    least: 6,
    isFix: (fields) => /^[1-9]$/.test(fields[5] ?? ''),
    mode: (fields) => QUALITIES[fields[5] ?? ''],
  },
  GNS: {
    time: 0,
    place: 1,
    least: 6,
    isFix: (fields) => /[^N]/.test(fields[5] ?? ''),
    mode: (fields) => modeOfSystems(fields[5]),
  },
  GLL: {
    time: 4,
    place: 0,
    least: 6,
    isFix: (fields) => fields[5] === 'A' && fields[6] !== 'N',
    mode: (fields) => fields[6],
  },
}

/** How much a sentence of a type tells: 0 most, -1 no position. */
export const rankOf = (type: string): number => Object.keys(LAYOUTS).indexOf(type)

export const VOID = 'void fix: the receiver had no position'
export const SIMULATED = 'simulated: the receiver made the position up'
const NO_DAY = 'the date of the sentence cannot be read'

const dayIn = ({ fields }: Sentence, type: string): number => {
  if (type === 'RMC') return dayField(fields[8] ?? '')
  return type === 'ZDA' ? dayOf(decimal(fields[3]), decimal(fields[2]), decimal(fields[1])) : Number.NaN
}

const faultOf = ({ fields }: Sentence, { place, least, isFix, mode }: Layout): string | null => {
  if (fields.length < least) return 'malformed: the sentence is cut off'
  if (!isFix(fields)) return VOID
  if (mode(fields) === 'S') return SIMULATED
  const position = positionOf(fields.slice(place))
  return typeof position === 'string' ? position : null
}

/** The moment that a sentence tells; null where it tells neither a position nor the date. */
export const momentOf = (sentence: Sentence): Moment | null => {
  const type = typeOf(sentence)
  const layout = LAYOUTS[type]
  if (layout === undefined && type !== 'ZDA') return null
  const clock = clockField(sentence.fields[layout?.time ?? 0] ?? '')
  const day = dayIn(sentence, type)
  let fault = layout === undefined ? null : faultOf(sentence, layout)
  if (fault === null && type === 'RMC' && Number.isNaN(day) && sentence.fields[8] !== '') fault = NO_DAY
  return { sentence, type, clock, day, fault, t: Number.NaN }
}

/** What to know of a position that no satellite told; undefined: nothing. */
export const modeNote = ({ sentence: { fields }, type }: Moment): string | undefined => {
  const mode = LAYOUTS[type]?.mode(fields)
  if (mode === 'E') return 'the position is estimated from speed and course'
  return mode === 'M' ? 'the position was entered by hand' : undefined
}

/** Position, and what else the sentence tells of it. */
export const fixOf = ({ sentence: { fields }, type }: Moment) => {
  const position = positionOf(fields.slice(LAYOUTS[type]?.place ?? 0))
  if (typeof position === 'string') throw new Error(position)
  return type === 'RMC' ? { ...position, speed: speedField(fields[6]), heading: optional(fields[7]) } : position
}
