import { CELL_ZOOM } from '../cells.ts'
import { conflateCell } from '../conflate.ts'
import type { CellSnapshot } from '../fleet.ts'
import { exactly } from './id.ts'
import type { Kind } from './kind.ts'

const empty: CellSnapshot = { fixes: [] }

/** A tile of the map, by the digits of its quadkey: `c:0231301203313`. */
export const cell = {
  letter: 'c',
  id: [exactly(CELL_ZOOM, '0-3')],
  parts: ['geo', 'fix'],
  empty,
  conflate: conflateCell,
  byName: false,
  missing: null,
} as const satisfies Kind
