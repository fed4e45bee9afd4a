import type { TrackReply } from '../../wire/api.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import type { Update } from '../../wire/protocol.ts'
import { deviceTopic, topicKey, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'

/** The newest `limit` fixes of a device not older than `since` (Unix ms), in order of time, late ones in their place; null for no such device. */
export const readTrack = async (redis: Commands, id: string, limit: number, since = 0): Promise<TrackReply | null> => {
  const topic = deviceTopic(id)
  const replies = await redis
    .multi()
    .hmget(topicKey(topic), 'epoch', 'seq')
    .xrevrange(topicPart(topic, 'track'), '+', '-', 'COUNT', limit)
    .exec()
  const [cursor, entries] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  }) as [[string | null, string | null], [string, string[]][]]
  const [epoch, seq] = cursor
  if (epoch === null) return null
  const fixes = entries
    .flatMap(([, [, text = '{}']]) => (JSON.parse(text) as Update).fixes ?? [])
    .filter(({ t }) => t >= since)
    .sort((a: Fix, b: Fix) => (isNewer(a, b) ? 1 : -1))
  return { id, cursor: { epoch, seq: Number(seq) }, fixes: fixes.slice(-limit) }
}
