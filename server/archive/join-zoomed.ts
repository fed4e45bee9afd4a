import type { FixRow } from '../../archive/archive.ts'
import { isNewer } from '../../wire/fleet.ts'
import type { TrackQuery } from '../fleet/track.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Past } from './questions.ts'
import { joinFixes, type KnownFix, type Track } from './fixes.ts'
import { createSimplifier } from './simplify.ts'
import { pagesBack } from './track-pages.ts'

/** Fixes that one answer reads, a year of one a minute: of more the newest count. */
const MOST_READ = 500_000

const MOST_POINTS = 5000
/** Fixes that are put on the map in one piece of work: some tenths of a millisecond. */
const AT_ONCE = 500

/** All fixes between two times, of Redis and of the archive, without those that nobody could tell apart at a zoom. */
export const simplified = async (
  held: readonly KnownFix[],
  archive: Past | null,
  { id, since = 0, until = Number.MAX_SAFE_INTEGER, zoom, points = MOST_POINTS }: TrackQuery & { zoom: number },
  work: Work,
  isWanted: (row: FixRow) => boolean,
): Promise<Track> => {
  const simplifier = createSimplifier<KnownFix>(zoom, points)
  const add = async (rows: KnownFix[]): Promise<void> => {
    await byPieces(rows.reverse(), AT_ONCE, work, (row) => {
      simplifier.add(row)
      return null
    })
    await simplifier.makeRoom(work)
  }
  /** Those of Redis that no page of the archive has reached yet, by time. */
  let waiting = held
  let read = 0
  const pages = archive === null ? [] : pagesBack(archive, { device: id, from: since, to: until })
  for await (const page of pages) {
    const newer = waiting.filter(({ fix }) => !isNewer(page[0]?.fix ?? fix, fix))
    waiting = waiting.slice(0, waiting.length - newer.length)
    await add(await work(() => joinFixes(page.filter(isWanted), newer)))
    read += page.length
    if (read >= MOST_READ) return { ...(await simplifier.end(work)), cut: true }
  }
  await add([...waiting])
  return simplifier.end(work)
}
