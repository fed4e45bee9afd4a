import { CELL_ZOOM } from '../cells.ts'
import { conflateCell } from '../conflate.ts'
import type { CellSnapshot } from '../fleet.ts'
import { GROUP } from '../groups.ts'
import { exactly } from './id.ts'
import type { Kind } from './kind.ts'

const empty: CellSnapshot = { fixes: [] }

/** The devices of one group in a tile of the map, which is named by its quadkey: `c:buses/0231301203313`. */
export const cell = {
  letter: 'c',
  id: [...GROUP, exactly(1, '/'), exactly(CELL_ZOOM, '0-3')],
  parts: ['geo', 'fix'],
  empty,
  conflate: conflateCell,
  byName: false,
  missing: null,
} as const satisfies Kind
