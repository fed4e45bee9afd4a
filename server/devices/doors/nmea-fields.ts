import { fixOf, type Moment } from '../../../formats/nmea/moments.ts'
import { speedField } from '../../../formats/nmea/positions.ts'
import type { Sentence } from '../../../formats/nmea/sentence.ts'
import { decimal } from '../../../formats/numbers.ts'

/** How a receiver moves: m/s, and degrees clockwise from north. */
export type Motion = { speed?: number; heading?: number }

/** Leaves out what is not told, or is no number. */
const numbersOf = (found: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(found).filter((entry): entry is [string, number] => Number.isFinite(entry[1])))

/** The position of a sentence without a fault, and the motion that it tells; null where its numbers cannot be read. */
export const placeOf = (moment: Moment): { lat: number; lon: number; motion: Motion } | null => {
  const fix: { lat: number; lon: number; speed?: number | undefined; heading?: number | undefined } = fixOf(moment)
  const { lat, lon, speed, heading } = fix
  return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon, motion: numbersOf({ speed, heading }) } : null
}

/** The readings of a GGA or a GNS, which have them in the same fields. */
export const readingsOf = ({ fields }: Sentence): Record<string, number> =>
  numbersOf({ satellites: decimal(fields[6]), hdop: decimal(fields[7]), altitude: decimal(fields[8]) })

/** The motion of a VTG: the true course, and the speed in knots. The mode N says that it tells nothing. */
export const motionOf = ({ fields }: Sentence): Motion =>
  fields[8] === 'N' ? {} : numbersOf({ heading: decimal(fields[0]), speed: speedField(fields[4]) })
