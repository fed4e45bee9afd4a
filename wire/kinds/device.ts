import { conflateDevice } from '../conflate.ts'
import type { DeviceSnapshot } from '../fleet.ts'
import type { Kind } from './kind.ts'

const empty: DeviceSnapshot = { last: null, cell: null }

/** What reports fixes, and is commanded: `d:BUS-8928`. Calls about fixes name its first parts only (`deviceKeys`). */
export const device = {
  letter: 'd',
  id: 'name',
  parts: ['track', 'past', 'seen', 'commands', 'asked'],
  empty,
  conflate: conflateDevice,
  byName: true,
  missing: 'unknown_device',
} as const satisfies Kind
