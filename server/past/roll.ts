import { type Archive, ArchiveAway, type DeviceRow } from '../../archive/archive.ts'
import { isGroup, OTHER } from '../../wire/groups.ts'
import { byPieces, type Work } from '../pieces.ts'

/** The devices that are known by now, by name and group: which group a device was in is not archived. */
export type Roll = {
  /** Reads them where that is some time ago. Rejects where they were never read and cannot be. */
  look: () => Promise<void>
  of: (id: string) => DeviceRow | undefined
  groupOf: (id: string) => string
  size: () => number
}

const GOOD_FOR_MS = 300_000
const AT_ONCE = 1000

const unlessAway = (error: unknown): void => {
  if (!(error instanceof ArchiveAway)) throw error
}

/** One for all clocks of a node. `now`: a clock in milliseconds that never goes back. */
export const createRoll = (archive: Pick<Archive, 'devices'>, work: Work, now: () => number): Roll => {
  let devices: Map<string, DeviceRow> | null = null
  let readAt = 0
  let reading: Promise<void> | null = null

  const read = async (): Promise<void> => {
    const rows = await archive.devices()
    const next = new Map<string, DeviceRow>()
    await byPieces(rows, AT_ONCE, work, (row) => next.set(row.id, row) && null)
    devices = next
    readAt = now()
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }

  return {
    look: async () => {
      if (devices === null) await readOnce()
      // Where they cannot be read the clocks go on with what is known.
      else if (now() - readAt >= GOOD_FOR_MS) await readOnce().catch(unlessAway)
    },
    of: (id) => devices?.get(id),
    groupOf: (id) => {
      const group = devices?.get(id)?.group
      return group !== undefined && isGroup(group) ? group : OTHER
    },
    size: () => devices?.size ?? 0,
  }
}
