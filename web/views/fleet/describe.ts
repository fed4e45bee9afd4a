import type { Fix } from '../../../wire/fleet.ts'
import { statusOf } from '../../../wire/status.ts'
import { statusName } from '../../state/clocks.ts'
import type { Device } from '../../state/fleet.ts'
import { formatAgo, formatHeading, formatSpeed } from '../../state/format.ts'

/** How far a device can be believed: nothing is said where it is as new as it may be. */
export const doubtIn = ({ clocks }: Pick<Device, 'clocks'>, now: number): string | null => {
  const status = statusOf(clocks, now)
  return status === 'live' ? null : statusName(status, false).toLowerCase()
}

const wordsOf = ({ id, route, speed, heading }: Fix): (string | null)[] => [
  id,
  route === undefined ? null : `route ${route}`,
  speed === undefined ? null : formatSpeed(speed),
  heading === undefined ? null : formatHeading(heading),
]

/** A device in one line, for a screen reader. */
export const describeDevice = (device: Pick<Device, 'fix' | 'clocks'>, now: number): string =>
  [...wordsOf(device.fix), doubtIn(device, now), `position from ${formatAgo(Math.max(0, now - device.clocks.fixed))}`]
    .filter((part) => part !== null)
    .join(', ')
