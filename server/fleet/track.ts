import { type Fix, isNewer } from '../../wire/fleet.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/**
 * The newest `limit` fixes of a device made from `since` to `until` (Unix ms); with `zoom` all of these, without those
 * that nobody could tell apart at that zoom of the map, `points` at the most.
 */
export type TrackQuery = {
  id: string
  limit: number
  since?: number | undefined
  until?: number | undefined
  zoom?: number | undefined
  points?: number | undefined
}

/** A fix as it goes over the wire. */
export type WrittenFix = { fix: Fix; text: string }

/** Fixes that are read from their texts in one piece of work: half a millisecond. */
const AT_ONCE = 250
/** Redis orders fixes of the same millisecond by their texts, not by their numbers: so many more are read. */
const OF_ONE_TIME = 20

/**
 * Fixes as asked for, as Redis holds them at a cursor, in order of time, late ones in their place; null for no such
 * device. What cannot be read is left out.
 */
export const readHeldTrack = async (
  redis: Commands,
  { id, limit, since = 0, until }: TrackQuery,
  work: Work,
  unreadable: Unreadable,
): Promise<{ cursor: Cursor; fixes: WrittenFix[] } | null> => {
  const topic = deviceTopic(id)
  const past = topicPart(topic, 'past')
  const [newest, oldest] = [until === undefined ? '+inf' : String(until), String(since)]
  const replies = await redis
    .multi()
    .hmget(topicKey(topic), 'epoch', 'seq')
    .zrange(past, newest, oldest, 'BYSCORE', 'REV', 'LIMIT', 0, limit + OF_ONE_TIME)
    .exec()
  const [state, entries] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  }) as [[string | null, string | null], string[]]
  const [epoch, seq] = state
  if (epoch === null) return null
  const fixes = await byPieces(entries, AT_ONCE, work, (text) => readFix(text, (why) => unreadable(past, why)))
  const ordered = await work(() => fixes.sort((a, b) => (isNewer(a.fix, b.fix) ? 1 : -1)).slice(-limit))
  return { cursor: { epoch, seq: Number(seq) }, fixes: ordered }
}

const readFix = (text: string, strange: (why: string) => void): WrittenFix | null =>
  unlessStrange(strange, () => {
    const fix = parseField<Fix>(text, ['n', 't', 'lat', 'lon'])
    return fix && { fix, text }
  })
