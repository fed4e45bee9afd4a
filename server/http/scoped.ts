import { createKept } from './kept.ts'
import type { Tagged } from './reply.ts'

/**
 * Bodies made of one value that is read for all: one for each scope of those who ask, written once for each reading. So
 * many bytes of them are kept. `read` gives the same value as long as nothing newer was read.
 */
export const createScoped = <T extends object>(mostBytes: number, read: () => Promise<T>) => {
  const kept = createKept(mostBytes)
  let value: T | null = null
  let readings = 0
  /** Being written just now, of the value that was read last. */
  let writing = new Map<string, Promise<Tagged>>()

  return async (scope: string, write: (value: T) => Promise<Tagged>): Promise<Tagged> => {
    const newest = await read()
    if (newest !== value) {
      value = newest
      readings++
      writing = new Map()
    }
    const stamp = String(readings)
    const found = kept.get(scope, (own) => own === stamp) ?? writing.get(scope)
    if (found) return found
    const under = writing
    const make = async (): Promise<Tagged> => {
      const made = await write(newest)
      kept.put(scope, { stamp, ...made })
      return made
    }
    const made = make()
    under.set(scope, made)
    const done = (): boolean => under.delete(scope)
    made.then(done, done)
    return made
  }
}
