import { callFunction } from '../../redis/call.ts'
import { placeInCell, publishFixes } from '../../wire/calls.ts'
import type { Fix } from '../../wire/fleet.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField } from '../redis/rows.ts'
import { scanKeys } from '../redis/scan.ts'

/** Before there were groups a cell was its quadkey. Such cells are emptied into the new ones: nobody watches them or writes them any more. */
const OLD_CELLS = 'wf:{c:[0-3]*}:fix'
const OLD_CELL = /^(wf:\{c:[0-3]{13}\}):fix$/

export const isOldCell = (key: string): boolean => OLD_CELL.test(key)

/** The fixes of all cells of that form, by their keys. */
export const oldCells = async function* (redis: Commands): AsyncGenerator<string> {
  for await (const keys of scanKeys(redis, OLD_CELLS)) yield* keys.filter(isOldCell)
}

/** Places the devices of an old cell where they are now, and takes them out of it; the cell goes with the last. Returns how many there were. */
export const emptyOldCell = async (redis: Commands, fixes: string): Promise<number> => {
  const shown = await redis.hgetall(fixes)
  const ids = Object.keys(shown)
  for (const text of Object.values(shown)) await placeAnew(redis, text)
  const [, state = ''] = OLD_CELL.exec(fixes) ?? []
  await redis.zrem(`${state}:geo`, 'any', ...ids)
  if (ids.length > 0) await redis.hdel(fixes, ...ids)
  await redis.hdel(state, 'epoch', 'life', 'seq')
  return ids.length
}

/** A call of step 1 without fixes gives the device's newest fix and its cell. A device that is in no cell any more is placed nowhere. */
const placeAnew = async (redis: Commands, text: string): Promise<void> => {
  const fix = parseField<Fix>(text, ['n', 't'])
  if (fix === null) return
  const [, , , , last, cell] = (await callFunction(redis, publishFixes(fix.id, []))) as string[]
  if (last && cell) await callFunction(redis, placeInCell(cell, [last]))
}
