import { type Call, leaveCell, placeInCell } from '../../wire/calls.ts'

/** What step 1 of a fix answered of one device (see wire/calls.ts): its newest fix as JSON, its cell, the cell to clear. */
export type Placement = { id: string; fix: string; cell: string; from: string }

/** One call of steps 2 and 3, and the devices that are not done until it is. */
export type CellCall = { call: Call; ids: string[] }

const keyOf = (fix: string): { t: number; n: number } => JSON.parse(fix) as { t: number; n: number }

/** Steps 2 and 3: one call a cell for the devices in it, then one for each device that left a cell. */
export const cellCalls = (placements: readonly Placement[]): CellCall[] => {
  const cells = new Map<string, { fixes: string[]; ids: string[] }>()
  const leaves: CellCall[] = []
  for (const { id, fix, cell, from } of placements) {
    if (fix === '' || cell === '') continue
    const place = cells.get(cell) ?? { fixes: [], ids: [] }
    place.fixes.push(fix)
    place.ids.push(id)
    cells.set(cell, place)
    if (from === '' || from === cell) continue
    const { t, n } = keyOf(fix)
    leaves.push({ call: leaveCell(from, id, t, n, cell), ids: [id] })
  }
  const places = Array.from(cells, ([cell, { fixes, ids }]) => ({ call: placeInCell(cell, fixes), ids }))
  return [...places, ...leaves]
}
