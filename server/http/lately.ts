import { createKept } from './kept.ts'
import { type Tagged, tagged } from './reply.ts'
import { createShared } from './shared.ts'

/**
 * Bodies that may be a little old: made once for all who ask within so long (ms). So many bytes of them are kept.
 * `now`: a clock that never goes back.
 */
export const createLately = (mostBytes: number, sameMs: number, now: () => number) => {
  const kept = createKept(mostBytes)
  const shared = createShared<Tagged>()
  const known = (name: string): Tagged | null => kept.get(name, (at) => now() - Number(at) < sameMs)
  const makeNew = async (name: string, make: () => Promise<Buffer>): Promise<Tagged> => {
    const stamp = String(now())
    const made = tagged(await make())
    kept.put(name, { stamp, ...made })
    return made
  }
  return async (name: string, make: () => Promise<Buffer>): Promise<Tagged> =>
    known(name) ?? shared(name, async () => known(name) ?? makeNew(name, make))
}
