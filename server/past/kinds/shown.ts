import type { Fix } from '../../../wire/fleet.ts'
import { DAY } from '../../../wire/market.ts'
import type { Topic } from '../../../wire/topics.ts'

type Shown = { cell: Topic; t: number; n: number; until: number }

/** Which devices watched cells show, and with which of their fixes. */
export type ShownDevices = {
  of: (id: string) => Shown | undefined
  put: (fix: Fix, cell: Topic) => void
  take: (id: string) => void
  /** No longer shows a cell. */
  forget: (cell: Topic) => void
  /** Those that are silent for too long at a moment. */
  silent: (at: number) => [id: string, shown: Shown][]
  ids: () => Iterable<string>
  size: () => number
}

/** How long a device is shown with this fix, in milliseconds: one that said it stopped may be silent for a day. */
export const shownFor = ({ parked }: Fix, reapAfterMs: number): number =>
  parked ? Math.max(DAY, reapAfterMs) : reapAfterMs

export const createShown = (reapAfterMs: number): ShownDevices => {
  const shown = new Map<string, Shown>()
  const cells = new Map<Topic, Set<string>>()
  /** No device is silent for too long before this moment. */
  let none = Number.POSITIVE_INFINITY

  const take = (id: string): void => {
    const before = shown.get(id)
    if (before === undefined) return
    shown.delete(id)
    const there = cells.get(before.cell)
    there?.delete(id)
    if (there?.size === 0) cells.delete(before.cell)
  }

  return {
    of: (id) => shown.get(id),
    put: (fix, cell) => {
      const { id, t, n } = fix
      const until = t + shownFor(fix, reapAfterMs)
      take(id)
      shown.set(id, { cell, t, n, until })
      const there = cells.get(cell)
      if (there) there.add(id)
      else cells.set(cell, new Set([id]))
      none = Math.min(none, until)
    },
    take,
    forget: (cell) => {
      for (const id of cells.get(cell) ?? []) shown.delete(id)
      cells.delete(cell)
    },
    silent: (at) => {
      if (at <= none) return []
      const over = [...shown].filter(([, { until }]) => until < at)
      none = Number.POSITIVE_INFINITY
      for (const { until } of shown.values()) if (until >= at) none = Math.min(none, until)
      return over
    },
    ids: () => shown.keys(),
    size: () => shown.size,
  }
}
