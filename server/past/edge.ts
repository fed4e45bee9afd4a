import { type Archive, ArchiveAway } from '../../archive/archive.ts'

/** Up to where the archive has all, as it is asked for at most once a second by all clocks of a node together. */
export type Edge = {
  /** The last moment of which the archive has all (Unix ms). Rejects where nobody knows. */
  ask: () => Promise<number>
}

const GOOD_FOR_MS = 1000

/** `now`: a clock in milliseconds that never goes back. */
export const createEdge = (archive: Pick<Archive, 'edge'>, now: () => number): Edge => {
  let known: { edge: number; at: number } | null = null
  let asking: Promise<number> | null = null

  const read = async (): Promise<number> => {
    const before = await archive.edge()
    if (before === null) throw new ArchiveAway('nothing is archived yet')
    known = { edge: Math.ceil(before) - 1, at: now() }
    return known.edge
  }
  return {
    ask: async () => {
      if (known !== null && now() - known.at < GOOD_FOR_MS) return known.edge
      asking ??= read().finally(() => {
        asking = null
      })
      return asking
    },
  }
}
