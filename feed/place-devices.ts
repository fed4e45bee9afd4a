import { type Call, leaveCell, placeInCell } from '../wire/calls.ts'
import { type Port, pick } from './port.ts'

/**
 * What step 1 of a fix answered of one device (see wire/calls.ts): its newest fix as JSON, its cell, the cell to clear.
 */
export type Placement = { id: string; fix: string; cell: string; from: string }

/** One call of steps 2 and 3, and the devices that are not done until it is. */
type CellCall = { call: Call; ids: string[] }

const keyOf = (fix: string): { t: number; n: number } => JSON.parse(fix) as { t: number; n: number }

/** Nothing was ever accepted of the device. */
const isNowhere = ({ fix, cell }: Placement): boolean => fix === '' || cell === ''

const idsOf = (calls: readonly CellCall[]): string[] => calls.flatMap(({ ids }) => ids)

/** Step 2, one call a cell for the devices in it, and step 3, one for each device that left a cell. */
const cellCalls = (placements: readonly Placement[]): { places: CellCall[]; leaves: CellCall[] } => {
  const cells = new Map<string, { fixes: string[]; ids: string[] }>()
  const leaves: CellCall[] = []
  for (const placement of placements) {
    if (isNowhere(placement)) continue
    const { id, fix, cell, from } = placement
    const place = cells.get(cell) ?? { fixes: [], ids: [] }
    place.fixes.push(fix)
    place.ids.push(id)
    cells.set(cell, place)
    if (from === '' || from === cell) continue
    const { t, n } = keyOf(fix)
    leaves.push({ call: leaveCell(from, id, t, n, cell), ids: [id] })
  }
  return { places: Array.from(cells, ([cell, { fixes, ids }]) => ({ call: placeInCell(cell, fixes), ids })), leaves }
}

/**
 * Steps 2 and 3 of devices; `onDone` hears once of each whether all went through. A device is cleared from its old cell
 * only after it was placed in the new one: a server does calls in order, and where there are several the answer of the
 * first is awaited.
 */
export const placeDevices = async (
  placements: readonly Placement[],
  port: Port,
  failed: (error: Error, item: () => unknown) => boolean,
  onDone: (id: string, whole: boolean) => void,
): Promise<void> => {
  const { places, leaves } = cellCalls(placements)
  const again = new Set<string>()
  const run = async (calls: readonly CellCall[]) => {
    const replies = await port.run(calls.map(({ call }) => call))
    for (const [i, { call, ids }] of calls.entries()) {
      const reply = replies[i]
      if (reply instanceof Error && failed(reply, () => call)) for (const id of ids) again.add(id)
    }
  }
  const groupsOf = (calls: readonly CellCall[]): CellCall[][] =>
    port.groups(calls.map(({ call }) => call)).map((group) => pick(calls, group))
  const done = (ids: Iterable<string>) => {
    for (const id of ids) onDone(id, !again.has(id))
  }
  const clear = async (calls: readonly CellCall[]) => {
    await run(calls)
    done(idsOf(calls))
  }
  const placeAndClear = async (calls: readonly CellCall[]) => {
    await run(calls)
    const placed = new Set(idsOf(calls))
    const moved = leaves.filter(({ ids: [id = ''] }) => placed.has(id) && !again.has(id))
    for (const id of idsOf(moved)) placed.delete(id)
    done(placed)
    await Promise.all(groupsOf(moved).map(clear))
  }
  done(placements.filter(isNowhere).map(({ id }) => id))
  const all = [...places, ...leaves]
  if (groupsOf(all).length > 1) await Promise.all(groupsOf(places).map(placeAndClear))
  else if (all.length > 0) await run(all).then(() => done(idsOf(places)))
}
