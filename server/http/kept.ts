import type { Tagged } from './reply.ts'

/** A body, and what it is right for: a body is of that moment and of no other. */
export type Stamped = Tagged & { stamp: string }

/** Bodies by key, those used last, as many as there is room for. */
export const createKept = (mostBytes: number) => {
  const kept = new Map<string, Stamped>()
  let bytes = 0

  const drop = (key: string): void => {
    const found = kept.get(key)
    if (found) bytes -= sizeOf(key, found)
    kept.delete(key)
  }
  return {
    /** The body of this key, if its stamp is right. */
    get: (key: string, isRight: (stamp: string) => boolean): Tagged | null => {
      const found = kept.get(key)
      if (!found || !isRight(found.stamp)) return null
      kept.delete(key)
      kept.set(key, found)
      return found
    },
    put: (key: string, stamped: Stamped): void => {
      drop(key)
      const size = sizeOf(key, stamped)
      if (size > mostBytes / LARGEST) return
      kept.set(key, stamped)
      bytes += size
      for (const oldest of kept.keys()) {
        if (bytes <= mostBytes) return
        drop(oldest)
      }
    },
    bytes: (): number => bytes,
  }
}
export type Kept = ReturnType<typeof createKept>

/** A body that would take more than such a part of the room is not kept. */
const LARGEST = 4
/** What an entry takes besides its text. */
const OVERHEAD = 500
const sizeOf = (key: string, { body, stamp }: Stamped): number => body.length + key.length + stamp.length + OVERHEAD
