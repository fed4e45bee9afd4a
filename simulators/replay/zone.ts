import { DAY } from '../../wire/market.ts'

/**
 * Where clocks stand: the Unix milliseconds at which a clock there reads `local`, given as if it were UTC. `doubt`: why
 * that is not sure, because clocks were changed; null where it is.
 */
export type Zone = ((local: number) => number) & { doubt?: (local: number) => string | null }

const OFFSET = /^([+-])(\d\d)(?::?(\d\d))?$/

export const UTC: Zone = (local) => local

/** Milliseconds that an offset such as `+01:00`, `-0530` or `+02` is ahead of UTC; NaN where it is none. */
export const offsetOf = (text: string): number => {
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? []
  const ahead = Number(hours) * 60 + Number(minutes)
  return Number(hours) < 24 && Number(minutes) < 60 ? (sign === '-' ? -ahead : ahead) * 60_000 : Number.NaN
}

const formatOf = (timeZone: string): Intl.DateTimeFormat | null => {
  const number = 'numeric'
  const fields = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const
  try {
    return new Intl.DateTimeFormat('en', { ...fields, timeZone, hourCycle: 'h23' })
  } catch {
    return null
  }
}

/** Milliseconds that the clocks of a place are ahead of UTC at a full second. */
const aheadIn = (format: Intl.DateTimeFormat, second: number): number => {
  const fields = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]))
  const field = (type: Intl.DateTimeFormatPartTypes) => fields.get(type) ?? 0
  const [year, month, day] = [field('year'), field('month') - 1, field('day')]
  return Date.UTC(year, month, day, field('hour'), field('minute'), field('second')) - second
}

const QUARTER = 900_000
const MOST_KNOWN = 10_000

/** The same at any time: clocks are changed at full quarters of an hour, so each is looked up once, as a rule. */
const createAheadAt = (format: Intl.DateTimeFormat): ((t: number) => number) => {
  const known = new Map<number, number>()
  return (t) => {
    const quarter = Math.floor(t / QUARTER) * QUARTER
    const before = known.get(quarter)
    if (before !== undefined) return before
    if (known.size === MOST_KNOWN) known.clear()
    const ahead = aheadIn(format, quarter)
    known.set(quarter, ahead)
    return ahead
  }
}

const TWICE = 'the time came twice, when clocks were put back: it is taken for the first of them'
const NEVER = 'the time never came, when clocks were put forward: it is taken as if they had not been'

/**
 * The zone of a name as the IANA gives it (`America/Chicago`) or an offset; null where there is none. Where clocks were
 * put back, a time that came twice is the first one; where they were put forward, one that never came is as far after
 * the change as it says.
 */
export const zoneOf = (name: string): Zone | null => {
  const offset = offsetOf(name)
  if (!Number.isNaN(offset)) return (local) => local - offset
  const format = formatOf(name)
  if (format === null) return null
  const aheadAt = createAheadAt(format)
  const around = (local: number) => {
    const before = local - aheadAt(local - DAY)
    const after = local - aheadAt(local + DAY)
    const isRight = (t: number) => t + aheadAt(t) === local
    return { before, after, isBefore: isRight(before), isAfter: isRight(after) }
  }
  const zone: Zone = (local) => {
    const { before, after, isBefore, isAfter } = around(local)
    return isBefore || !isAfter ? before : after
  }
  zone.doubt = (local) => {
    const { before, after, isBefore, isAfter } = around(local)
    if (before === after || isBefore !== isAfter) return null
    return isBefore ? TWICE : NEVER
  }
  return zone
}
