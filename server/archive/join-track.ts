import { ArchiveAway, type FixRow } from '../../archive/archive.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import type { Fix } from '../../wire/fleet.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { readHeldTrack, type TrackQuery } from '../fleet/track.ts'
import type { Work } from '../pieces.ts'
import type { Moment } from './candles-at.ts'
import { joinFixes, type KnownFix, type Track } from './fixes.ts'
import type { CandleSources } from './join-candles.ts'
import { simplified } from './join-zoomed.ts'
import { type Past, unlessAway } from './questions.ts'
import { PAGE, pagesBack } from './track-pages.ts'
import { type Written, writeList } from './written.ts'

/** All that Redis holds of a track. */
const MOST_HELD = 2200
/** To read and simplify weeks may take so long (ms). */
const SIMPLIFIED_WITHIN_MS = 9000
/** A fix that was heard so long after it was made came late, in milliseconds. */
const LATE_MS = 60_000
/** Fixes that are looked through for those that had been heard at a moment. */
const MOST_LOOKED_AT = 20_000

/** Fixes as asked for, of Redis and of the archive, as of Redis's cursor; null for no such device. */
export const readTrack = async (
  { redis, archive, unreadable }: CandleSources,
  query: TrackQuery,
  work: Work,
): Promise<Written | null> => {
  const limit = query.zoom === undefined ? query.limit : MOST_HELD
  const held = await readHeldTrack(redis, { ...query, limit }, work, unreadable)
  const alone = (): Promise<Track> => joinTrack(held?.fixes ?? [], null, query, work)
  if (archive === null) return held && writeTrack(query.id, held.cursor, await alone(), work)
  const within = query.zoom === undefined ? undefined : SIMPLIFIED_WITHIN_MS
  const joined = await unlessAway(archive, (inTime) => joinTrack(held?.fixes ?? [], inTime, query, work), within)
  if (held === null) {
    if (joined === null) throw new ArchiveAway('Whether there is such a device only the archive knows')
    if (joined.fixes.length === 0 && !(await isArchived(archive, query.id))) return null
  }
  return writeTrack(query.id, held?.cursor ?? NOWHERE, joined ?? (await alone()), work, joined === null)
}

/** The same as of a moment of the past. */
export const readTrackAt = async (
  archive: Past,
  { at, as, ...query }: TrackQuery & Moment,
  work: Work,
): Promise<Written | null> => {
  const then = { ...query, until: Math.min(query.until ?? at, at) }
  const wanted = as === 'seen' ? (row: FixRow) => row.at <= at : undefined
  const track = await joinTrack([], archive, then, work, wanted)
  if (track.fixes.length === 0 && !(await isArchived(archive, query.id))) return null
  return writeTrack(query.id, NOWHERE, track, work)
}

const stretchOf = ({ id, since = 0, until = Number.MAX_SAFE_INTEGER }: TrackQuery) => ({
  device: id,
  from: since,
  to: until,
})

const isArchived = async (archive: Past, device: string): Promise<boolean> =>
  (await archive.track({ ...stretchOf({ id: device, limit: 1 }), limit: 1 })).length > 0

type Wanted = (row: FixRow) => boolean
const ALL: Wanted = () => true

/** Joins the fixes that Redis holds of a page with those of the archive; null: there is none. */
export const joinTrack = async (
  held: readonly KnownFix[],
  archive: Past | null,
  query: TrackQuery,
  work: Work,
  isWanted: Wanted = ALL,
): Promise<Track> => {
  if (query.zoom !== undefined) return simplified(held, archive, { ...query, zoom: query.zoom }, work, isWanted)
  const stored = archive === null ? [] : await newest(archive, query, isWanted)
  return { fixes: await work(() => joinFixes(stored, held).slice(-query.limit)) }
}

/** The newest archived fixes that are wanted, by time. */
const newest = async (archive: Past, query: TrackQuery, isWanted: Wanted): Promise<FixRow[]> => {
  const most = isWanted === ALL ? query.limit : PAGE
  let found: FixRow[] = []
  let looked = 0
  for await (const page of pagesBack(archive, stretchOf(query), most)) {
    found = [...page.filter(isWanted), ...found]
    looked += page.length
    if (found.length >= query.limit || looked >= MOST_LOOKED_AT) break
  }
  return found.slice(-query.limit)
}

const isLate = ({ fix, at }: KnownFix): boolean => at !== undefined && at - fix.t > LATE_MS

/** The answer as text: wire/api.ts `TrackReply`. */
const writeTrack = async (id: string, cursor: Cursor, track: Track, work: Work, away = false): Promise<Written> => {
  const { fixes, zoom, cut = false } = track
  const late = await work(() => fixes.filter(isLate).map(({ fix }) => fix.n))
  const more = {
    ...(late.length > 0 && { late }),
    ...(zoom !== undefined && { zoom }),
    ...((away || cut) && { partial: true }),
  }
  const text = await writeList({ id, cursor, ...more }, 'fixes', fixes, work, ({ fix, text }) => text ?? textOf(fix))
  return { cursor, text, partial: away }
}

const textOf = (fix: Fix): string => JSON.stringify(fix)
