import type { FixRow } from '../../archive/archive.ts'
import { isBefore, type OrderKey } from '../../wire/order.ts'
import type { Past } from './questions.ts'

/** Fixes that are read of the archive at once: what their answer takes of the event loop is some milliseconds. */
export const PAGE = 2000

/** A device, and the time of its fixes (Unix ms, both included). */
export type Stretch = { device: string; from: number; to: number }

/** All archived fixes of a stretch, newest page first, each page by time. */
export async function* pagesBack(
  archive: Past,
  { device, from, to }: Stretch,
  most = PAGE,
): AsyncGenerator<FixRow[], void> {
  let end = to
  let reached: OrderKey | null = null
  while (end >= from) {
    const page: FixRow[] = await archive.track({ device, from, to: end, limit: most })
    const older: FixRow[] = page.filter(({ fix }) => reached === null || isBefore([fix.t, fix.n], reached))
    if (older.length > 0) yield older
    const first = page[0]?.fix
    if (first === undefined || page.length < most) return
    // Of more fixes of one millisecond than a page holds the others are passed over.
    end = older.length > 0 ? first.t : first.t - 1
    reached = [first.t, first.n]
  }
}
