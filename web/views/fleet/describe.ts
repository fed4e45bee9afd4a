import type { Fix } from '../../../wire/fleet.ts'
import { formatAgo, formatHeading, formatSpeed } from '../../state/format.ts'

/** A device in one line, for a tooltip or a screen reader. */
export const describeFix = ({ id, route, speed, heading }: Fix, age: number): string =>
  [
    id,
    route === undefined ? null : `route ${route}`,
    speed === undefined ? null : formatSpeed(speed),
    heading === undefined ? null : formatHeading(heading),
    `heard ${formatAgo(age)}`,
  ]
    .filter((part) => part !== null)
    .join(', ')
