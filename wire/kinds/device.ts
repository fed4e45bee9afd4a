import { conflateDevice } from '../conflate.ts'
import type { DeviceSnapshot } from '../fleet.ts'
import type { Kind } from './kind.ts'

const empty: DeviceSnapshot = { last: null, cell: null }

/** What reports fixes: `d:BUS-8928`. */
export const device = {
  letter: 'd',
  id: 'name',
  parts: ['track', 'past', 'seen'],
  empty,
  conflate: conflateDevice,
  byName: true,
  missing: 'unknown_device',
} as const satisfies Kind
