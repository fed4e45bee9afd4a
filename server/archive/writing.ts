import type { Archive, Batch, Mark } from '../../archive/archive.ts'
import { batchesOf, countRows, type Marked, type ROWS } from './batches.ts'

/** Counts rows that were written. */
export type CountRows = (kind: (typeof ROWS)[number], count: number) => void

export type Writing = {
  /**
   * Writes all of it, each topic's mark with its rows; false where this node is to archive no more. `wrote` hears of each
   * mark once it is there.
   */
  write: (all: readonly Marked[], wrote: (mark: Mark) => void) => Promise<boolean>
  /** Says that all that Redis had taken before this moment is archived (Unix ms). */
  tellEdge: (edge: number) => Promise<void>
}

/** The edge is told as often (ms). */
const EDGE_EVERY_MS = 1000

/** Writes to the archive in batches. `goesOn`: false once this node is to archive no more. */
export const createWriting = (archive: Pick<Archive, 'write'>, count: CountRows, goesOn: () => boolean): Writing => {
  let told = 0
  const put = async (batch: Batch): Promise<boolean> => {
    if (!goesOn()) return false
    await archive.write(batch)
    for (const [kind, rows] of countRows(batch)) count(kind, rows)
    return true
  }
  return {
    write: async (all, wrote) => {
      for (const batch of batchesOf(all)) {
        if (!(await put(batch))) return false
        for (const mark of batch.marks ?? []) wrote(mark)
      }
      return goesOn()
    },
    tellEdge: async (edge) => {
      if (edge - told >= EDGE_EVERY_MS && (await put({ edge }))) told = edge
    },
  }
}

/** All marks of an archive. */
export const readMarks = async ({ marks }: Pick<Archive, 'marks'>): Promise<Mark[]> => {
  const found: Mark[] = []
  for await (const some of marks()) found.push(...some)
  return found
}
