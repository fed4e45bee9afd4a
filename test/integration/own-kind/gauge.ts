import { exactly } from '../../../wire/kinds/id.ts'
import type { Kind } from '../../../wire/kinds/kind.ts'

/** How high a river stands, in metres. */
export type Level = { t: number; level: number }
export type GaugeSnapshot = { last: Level | null }
export type GaugeUpdate = { levels: Level[] }

const empty: GaugeSnapshot = { last: null }

/** The newest level says it all. Levels come in order of time. */
const conflateGauge = (updates: readonly GaugeUpdate[]): GaugeUpdate => ({
  levels: updates.flatMap(({ levels }) => levels).slice(-1),
})

/** A gauge in a river: `g:THAMES-003`. */
export const gauge = {
  letter: 'g',
  id: [{ letters: 'A-Z', least: 2, most: 12 }, exactly(1, '-'), exactly(3, '0-9')],
  parts: ['log'],
  empty,
  conflate: conflateGauge,
  byName: true,
  missing: 'unknown_device',
} as const satisfies Kind
