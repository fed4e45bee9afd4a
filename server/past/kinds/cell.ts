import { ArchiveAway, type FixRow } from '../../../archive/archive.ts'
import { cellOf, quadkeyOfCell } from '../../../wire/cells.ts'
import { type CellSnapshot, type Fix, isNewer, type Left } from '../../../wire/fleet.ts'
import { DAY } from '../../../wire/market.ts'
import { cellTopic, type Topic, topicId } from '../../../wire/topics.ts'
import { inOrder, nothing, type PastKind, type Tell } from '../past-kind.ts'
import type { Reads } from '../reads.ts'
import type { Roll } from '../roll.ts'
import { firstRows, type Page } from '../rows.ts'
import { createRuns } from '../runs.ts'
import { writtenFix } from '../written.ts'
import { createShown, shownFor } from './shown.ts'

/** Devices that one clock shows in its cells, and rows that are read ahead at once. */
const MOST_DEVICES = 20_000
const MOST = 500
/** Devices whose fixes are asked for at once. */
const DEVICES_AT_ONCE = 2000

type Moved = { t: number; fix: Fix }

const timeOf = ({ fix }: FixRow): number => fix.t
const inTime = (a: Moved, b: Moved): number => a.t - b.t || a.fix.n - b.fix.n

/**
 * Cells as they were, by the time of fixes: the newest fix of each device, but for doubtful ones. `reapAfterMs`: a
 * device that is silent for longer is shown no more.
 */
export const createPastCells = (archive: Reads, roll: Roll, reapAfterMs: number): PastKind => {
  const cells = new Set<Topic>()
  const shown = createShown(reapAfterMs)
  const runs = createRuns((_topic, field, items) => ({ [field]: items }))
  const cellOfFix = ({ id, lat, lon }: Fix): Topic => cellTopic(cellOf(lat, lon, roll.groupOf(id)))

  const leave = (id: string, from: Topic, { t, n }: { t: number; n: number }, to: Topic | null, tell: Tell): void => {
    shown.take(id)
    const left: Left = { id, t, n, to: to && topicId(to) }
    runs.add(from, 'left', left, tell)
  }
  const tellFix = ({ fix }: Moved, tell: Tell): void => {
    const before = shown.of(fix.id)
    if (fix.doubtful || (before && !isNewer(fix, before))) return
    const cell = cellOfFix(fix)
    if (before && before.cell !== cell) leave(fix.id, before.cell, fix, cell, tell)
    if (!cells.has(cell)) return
    shown.put(fix, cell)
    runs.add(cell, 'fixes', writtenFix(fix), tell)
  }
  const end = (tell: Tell, before: number): void => {
    for (const [id, last] of shown.silent(before)) leave(id, last.cell, last, null, tell)
    runs.flushAll(tell)
  }

  /** Fixes of the devices that are shown, wherever they are, and of those that come into a watched tile. */
  const fixesAhead = async (from: number, to: number): Promise<Page<FixRow>> => {
    const tiles = tilesOf(cells)
    const here = await firstRows((...stretch) => archive.fixesIn(tiles, ...stretch), timeOf, from, to, MOST)
    const ids = [...new Set([...shown.ids(), ...here.rows.map(({ fix }) => fix.id)])]
    const pages: Page<FixRow>[] = []
    for (let i = 0; i < ids.length; i += DEVICES_AT_ONCE) {
      const some = ids.slice(i, i + DEVICES_AT_ONCE)
      const until = pages.at(-1)?.to ?? here.to
      pages.push(await firstRows((...stretch) => archive.fixesOf(some, ...stretch), timeOf, from, until, MOST))
    }
    return { rows: pages.flatMap(({ rows }) => rows), to: pages.at(-1)?.to ?? here.to }
  }

  return {
    atOnce: 2560,
    read: async (topics, before) => {
      await roll.look()
      const since = before - Math.max(DAY, reapAfterMs)
      const rows = await archive.lastIn(tilesOf(topics), since, before, MOST_DEVICES + 1)
      if (rows.length + shown.size() > MOST_DEVICES) throw new ArchiveAway(`more than ${MOST_DEVICES} devices in view`)
      const wanted = new Map<Topic, Fix[]>(topics.map((topic) => [topic, []]))
      for (const { fix } of rows)
        if (fix.t >= before - shownFor(fix, reapAfterMs)) wanted.get(cellOfFix(fix))?.push(fix)
      return topics.map((topic) => () => {
        const fixes = wanted.get(topic) ?? []
        cells.add(topic)
        shown.forget(topic)
        for (const fix of fixes) shown.put(fix, topic)
        return { fixes: fixes.map(writtenFix) } satisfies CellSnapshot
      })
    },
    ahead: async (from, to) => {
      if (cells.size === 0) return nothing(to)
      const page = await fixesAhead(from, to)
      const all = page.rows.map(({ fix }) => ({ t: fix.t, fix })).filter(({ t }) => t < page.to)
      return inOrder(all.sort(inTime), page.to, tellFix, end)
    },
    forget: (topic) => {
      cells.delete(topic)
      shown.forget(topic)
    },
  }
}

const tilesOf = (cells: Iterable<Topic>): string[] => [
  ...new Set([...cells].map((cell) => quadkeyOfCell(topicId(cell)))),
]
