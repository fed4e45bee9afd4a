import type { TrackReply } from '../../wire/api.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import { deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'

/** The newest `limit` fixes of a device not older than `since` (Unix ms), in order of time, late ones in their place; null for no such device. */
export const readTrack = async (redis: Commands, id: string, limit: number, since = 0): Promise<TrackReply | null> => {
  const topic = deviceTopic(id)
  const replies = await redis
    .multi()
    .hmget(topicKey(topic), 'epoch', 'seq')
    .zrange(topicPart(topic, 'past'), '+inf', String(since), 'BYSCORE', 'REV', 'LIMIT', 0, limit)
    .exec()
  const [cursor, entries] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  }) as [[string | null, string | null], string[]]
  const [epoch, seq] = cursor
  if (epoch === null) return null
  const fixes = entries.map((text) => JSON.parse(text) as Fix).sort((a, b) => (isNewer(a, b) ? 1 : -1))
  return { id, cursor: { epoch, seq: Number(seq) }, fixes }
}
