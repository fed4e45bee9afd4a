import { type Moment, momentOf, rankOf, SIMULATED, VOID } from '../../../formats/nmea/moments.ts'
import { parseSentence, partsOf, type Sentence, typeOf } from '../../../formats/nmea/sentence.ts'
import { nearest } from '../../../formats/times.ts'
import type { ReportedFix } from '../../../wire/devices.ts'
import { type Motion, motionOf, placeOf, readingsOf } from './nmea-fields.ts'

/** Why a line is dropped. */
export type LineFault = 'checksum' | 'malformed'

export type NmeaPorts = {
  /** Hears of each fix, in order. */
  fix: (fix: ReportedFix) => void
  wrong: (why: LineFault) => void
  /** Unix milliseconds. */
  now: () => number
}

export type NmeaReader = {
  /** Takes a line. Returns whether it is a sound sentence: then the receiver is alive. */
  take: (line: string) => boolean
  /** Nothing more is said of the moment that was told last. */
  flush: () => void
  /** Nothing more comes at all. */
  end: () => void
}

/**
 * What a receiver says of one moment, in several sentences. `clock`: milliseconds since midnight; `day`: midnight of the
 * date, NaN where no sentence tells it. `rank`: of the sentence that the position is from.
 */
type Epoch = {
  clock: number
  day: number
  place: { lat: number; lon: number } | null
  rank: number
  motion: Motion
  readings: Record<string, number>
}

const emptyEpoch = (clock: number): Epoch => ({
  clock,
  day: Number.NaN,
  place: null,
  rank: Number.POSITIVE_INFINITY,
  motion: {},
  readings: {},
})

const toFix = ({ place, motion, readings }: Epoch, t: number): ReportedFix | null => {
  if (place === null) return null
  const { speed, heading } = motion
  return {
    t,
    ...place,
    ...(speed === undefined ? {} : { speed }),
    ...(heading === undefined ? {} : { heading: heading % 360 }),
    ...(Object.keys(readings).length > 0 ? { readings } : {}),
  }
}

/** Adds what one sentence tells of the moment. Returns false where its position cannot be read. */
const addTo = (epoch: Epoch, moment: Moment): boolean => {
  const { sentence, type, day, fault } = moment
  // A receiver that has no position may have no right date either.
  if (!Number.isNaN(day) && fault !== VOID) epoch.day = day
  const rank = rankOf(type)
  if (rank < 0 || fault !== null) return fault === null || fault === VOID || fault === SIMULATED
  const place = placeOf(moment)
  if (place === null) return false
  const { lat, lon, motion } = place
  if (rank < epoch.rank) Object.assign(epoch, { place: { lat, lon }, rank })
  epoch.motion = { ...epoch.motion, ...motion }
  if (type === 'GGA' || type === 'GNS') epoch.readings = { ...epoch.readings, ...readingsOf(sentence) }
  return true
}

/** Moments before the first date that wait for it. After so many the receiver tells none: this machine's clock does. */
const MOST_UNDATED = 5

/**
 * Gives epochs their times. One without a date is less than twelve hours from the one before, or from the first after it
 * that has one.
 */
const createDates = (give: (epoch: Epoch, t: number) => void, now: () => number) => {
  let reference: number | null = null
  let undated: Epoch[] = []
  const settle = (from: number): void => {
    reference = from
    for (const epoch of undated) give(epoch, nearest(epoch.clock, from))
    undated = []
  }
  const end = (): void => {
    if (undated.length > 0) settle(now())
  }
  return {
    take: (epoch: Epoch): void => {
      const own = epoch.day + epoch.clock
      if (Number.isNaN(own) && reference === null) {
        undated.push(epoch)
        if (undated.length > MOST_UNDATED) end()
        return
      }
      if (!Number.isNaN(own)) settle(own)
      const t = Number.isNaN(own) ? nearest(epoch.clock, reference ?? now()) : own
      reference = t
      give(epoch, t)
    },
    end,
  }
}

/** Whether a line is for programs only: gpsd begins with some JSON, loggers write comments. */
const isAside = (line: string): boolean => line === '' || line.startsWith('{') || line.startsWith('#')

/**
 * Reads the lines of one receiver as they come. What it says of one moment becomes one fix: position and motion of the
 * RMC, or of the best that there is, readings of the GGA.
 */
export const createNmeaReader = ({ fix, wrong, now }: NmeaPorts): NmeaReader => {
  let epoch: Epoch | null = null
  /** Of the moment that was given last: what still comes of it is left out. */
  let given = Number.NaN
  const dates = createDates((of, t) => {
    const found = toFix(of, t)
    if (found !== null) fix(found)
  }, now)
  const flush = (): void => {
    const whole = epoch
    epoch = null
    if (whole === null) return
    given = whole.clock
    if (whole.place !== null) dates.take(whole)
  }
  const takeMoment = (moment: Moment): void => {
    const { clock } = moment
    if (Number.isNaN(clock)) return
    if (epoch !== null && epoch.clock !== clock) flush()
    if (clock === given) return
    epoch ??= emptyEpoch(clock)
    if (!addTo(epoch, moment)) wrong('malformed')
  }
  const takeSentence = (sentence: Sentence): void => {
    if (typeOf(sentence) === 'VTG' && epoch !== null) epoch.motion = { ...motionOf(sentence), ...epoch.motion }
    const moment = momentOf(sentence)
    if (moment !== null) takeMoment(moment)
  }
  const takePart = (part: string): boolean => {
    const sentence = parseSentence(part, 0)
    if (sentence === null || sentence.sum === false) {
      wrong(sentence === null ? 'malformed' : 'checksum')
      return false
    }
    takeSentence(sentence)
    return true
  }
  return {
    take: (line) => {
      const whole = line.trim()
      return !isAside(whole) && partsOf(whole).map(takePart).includes(true)
    },
    flush,
    end: () => {
      flush()
      dates.end()
    },
  }
}
