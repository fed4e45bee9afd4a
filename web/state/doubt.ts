import { isNewer } from '../../wire/fleet.ts'
import { formatDistance, formatSpeed } from './format.ts'
import { distance } from './mercator.ts'
import type { Selected } from './selection.ts'

/** Metres a second by which a device may report another speed than it went. */
const ROUGHLY = 10

/** Why a device is not drawn where it last said that it was; null where it is. */
export const whyNotThere = ({ last, doubtful }: Pick<Selected, 'last' | 'doubtful'>): string | null => {
  const fix = doubtful.at(-1)
  if (!fix || (last && isNewer(last, fix))) return null
  const told = fix.speed === undefined ? '' : ` It reports a speed of ${formatSpeed(fix.speed)}.`
  if (!last) return `None of its positions can be trusted yet.${told}`
  const far = distance(last, fix)
  const pace = far / Math.max(1, (fix.t - last.t) / 1_000)
  const why =
    fix.speed !== undefined && fix.speed > pace + ROUGHLY
      ? `it reports a speed of ${formatSpeed(fix.speed)}, but moved ${formatDistance(far)}, at ${formatSpeed(pace)}`
      : `it is ${formatDistance(far)} away, and the device would have had to go ${formatSpeed(pace)} to get there`
  return `The last position it reported is doubtful and not used: ${why}.`
}
