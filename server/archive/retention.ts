import { KEPT, type Kept } from '../../archive/archive.ts'
import type { ArchivistPorts } from './ports.ts'

/** How long the archive keeps each (ms). */
export type Keeps = Record<Kept, number>

const EVERY_MS = 600_000
/** Rows that go at once, and a pause after them: other work goes on in between (ms). */
const AT_ONCE = 5000
const PAUSE_MS = 500

type Ports = Pick<ArchivistPorts, 'archive' | 'clock' | 'now'>

/**
 * Deletes what is older than the archive keeps, a step a turn: many rows at once would hold up whoever reads. `goesOn`:
 * false once it is to end.
 */
export const createRetention = ({ archive, clock, now }: Ports, keeps: Keeps, goesOn: () => boolean) => {
  let due = clock() + EVERY_MS
  let left: Kept[] = []
  return async (): Promise<void> => {
    if (clock() < due || !goesOn()) return
    if (left.length === 0) left = [...KEPT]
    const [kind] = left
    if (kind === undefined) return
    const dropped = await archive.drop(kind, now() - keeps[kind], AT_ONCE)
    if (dropped > 0) await archive.vacuum()
    if (dropped < AT_ONCE) left.shift()
    due = clock() + (left.length > 0 ? PAUSE_MS : EVERY_MS)
  }
}
