import type { Report, ReportedFix } from '../../../wire/devices.ts'
import { MOST_READINGS, READING_NAME } from '../../../wire/readings.ts'

/** Why what a device sent is not taken, in words for whoever set it up. */
export type DoorError = { wrong: string }
export const wrong = (why: string): DoorError => ({ wrong: why })
export const isWrong = <T extends object>(read: T | DoorError): read is DoorError => 'wrong' in read

/** What a device said, and which device it says it is. */
export type Identified = { id: string; report: Report }

export type Value = string | number | boolean
/** What a device tells besides its position, by name. */
export type Told = [name: string, value: Value][]

/** Attributes of one report: the function library takes 2,000 bytes of JSON, and what a name and its marks take. */
const MOST_ATTRIBUTES = 64
const MOST_ATTRIBUTE_BYTES = 1800
const MOST_NAME_LETTERS = 40
const MOST_TEXT_LETTERS = 200
const CONTROL = /\p{Cc}+/gu

const tidy = (text: string, most: number): string => text.slice(0, most).toWellFormed().replace(CONTROL, ' ').trim()
const isTold = (value: Value): boolean => (typeof value === 'number' ? Number.isFinite(value) : value !== '')

/** As many attributes as there is room for, in the order in which they were told. */
export const packAttributes = (told: Told): Record<string, Value> => {
  const packed: Record<string, Value> = Object.create(null)
  let bytes = 0
  for (const [name, value] of told) {
    const plain = tidy(name, MOST_NAME_LETTERS)
    const own = typeof value === 'string' ? tidy(value, MOST_TEXT_LETTERS) : value
    if (plain === '' || !isTold(own)) continue
    bytes += Buffer.byteLength(JSON.stringify([plain, own]))
    if (bytes > MOST_ATTRIBUTE_BYTES || Object.keys(packed).length >= MOST_ATTRIBUTES) break
    packed[plain] = own
  }
  return { ...packed }
}

const isReading = ([name, value]: Told[number]): boolean => typeof value === 'number' && READING_NAME.test(name)

/**
 * What is told besides a fix: numbers are its readings, as far as their names allow it and there is room, and the rest
 * is what is known of the device. Without a fix all of it is.
 */
export const sortTold = (
  told: Told,
  hasFix: boolean,
): { readings: Record<string, number>; attributes: Record<string, Value> } => {
  const sound = told.filter(([, value]) => isTold(value))
  const measured = hasFix ? sound.filter(isReading).slice(0, MOST_READINGS) : []
  const rest = sound.filter((each) => !measured.includes(each))
  return { readings: Object.fromEntries(measured) as Record<string, number>, attributes: packAttributes(rest) }
}

/** The same object without the fields that are not known. */
export const known = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

export const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0

const KNOT = 0.514444
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
/** What apps write for a speed, a heading, an accuracy or a charge that they do not know is below 0. */
export const atLeast0 = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 0 ? value : undefined
const speedBy =
  (factor: number) =>
  (value: number | undefined): number | undefined => {
    const told = atLeast0(value)
    return told === undefined ? undefined : rounded(told * factor, 2)
  }
/** Speeds in m/s. */
export const fromKnots = speedBy(KNOT)
export const fromKmh = speedBy(1 / 3.6)
export const fromMs = speedBy(1)
/** A battery's charge from 0 to 1. */
export const fromPercent = (value: number | undefined): number | undefined => {
  const told = atLeast0(value)
  return told === undefined || told > 100 ? undefined : rounded(told / 100, 3)
}
/** In metres. 0 is what apps write for an accuracy that they do not know. */
export const accuracyOf = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined

/** One fix and what came with it, or none: a report. */
export const reportOf = (
  fix: ReportedFix | null,
  { battery, told, parked }: { battery: number | undefined; told: Told; parked?: boolean | undefined },
): Report => {
  const charge = known({ battery })
  const stop = parked === undefined ? {} : { parked }
  if (fix === null) {
    const { attributes } = sortTold([...Object.entries(charge), ...told], false)
    return { ...stop, ...(!isEmpty(attributes) && { attributes }) }
  }
  const { readings, attributes } = sortTold(told, true)
  const whole = {
    ...fix,
    ...charge,
    ...(parked === true && { parked }),
    ...(!isEmpty(readings) && { readings }),
  }
  return { fixes: [whole], ...stop, ...(!isEmpty(attributes) && { attributes }) }
}
