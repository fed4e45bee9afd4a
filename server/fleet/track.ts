import { type Fix, isNewer } from '../../wire/fleet.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/** The newest `limit` fixes of a device not older than `since` (Unix ms). */
export type TrackQuery = { id: string; limit: number; since?: number | undefined }

/** Fixes that are read from their texts in one piece of work: half a millisecond. */
const AT_ONCE = 250

/**
 * Fixes as asked for, as text, in order of time, late ones in their place; null for no such device. What cannot be read
 * is left out.
 */
export const readTrack = async (
  redis: Commands,
  { id, limit, since = 0 }: TrackQuery,
  work: Work,
  unreadable: Unreadable,
): Promise<{ cursor: Cursor; text: string } | null> => {
  const topic = deviceTopic(id)
  const past = topicPart(topic, 'past')
  const replies = await redis
    .multi()
    .hmget(topicKey(topic), 'epoch', 'seq')
    .zrange(past, '+inf', String(since), 'BYSCORE', 'REV', 'LIMIT', 0, limit)
    .exec()
  const [state, entries] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  }) as [[string | null, string | null], string[]]
  const [epoch, seq] = state
  if (epoch === null) return null
  const fixes = await byPieces(entries, AT_ONCE, work, (text) => readFix(text, (why) => unreadable(past, why)))
  const texts = await work(() => fixes.sort((a, b) => (isNewer(a.fix, b.fix) ? 1 : -1)).map(({ text }) => text))
  const cursor = { epoch, seq: Number(seq) }
  return { cursor, text: `${JSON.stringify({ id, cursor }).slice(0, -1)},"fixes":[${texts.join(',')}]}` }
}

const readFix = (text: string, strange: (why: string) => void): { fix: Fix; text: string } | null =>
  unlessStrange(strange, () => {
    const fix = parseField<Fix>(text, ['n', 't', 'lat', 'lon'])
    return fix && { fix, text }
  })
