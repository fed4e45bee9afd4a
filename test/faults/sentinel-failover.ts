import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Reader } from '../support/readers/reader.ts'
import type { RedisClient } from '../support/redis-client.ts'
import type { Member } from '../support/redis-member.ts'
import type { SentinelRedis } from '../support/redis-sentinel.ts'
import { checkFailover, MOVING } from './failover.ts'
import { epochsOf } from './keeping-up.ts'
import type { Stage } from './stage.ts'

type SentinelStage = Stage<SentinelRedis, RedisClient>

/** A connection to one server, whatever it is just now. */
const connectTo = async ({ redis }: SentinelStage, { port }: Member): Promise<Redis> => {
  const { password } = await redis.server()
  const link = new Redis(port, '127.0.0.1', { password, maxRetriesPerRequest: null })
  link.on('error', () => {}) // it may be gone
  return link
}

/** Does something to the primary; resolves with the new one, and when a sentinel said so (`performance.now`). */
const promotion = async (stage: SentinelStage, act: () => Promise<void>): Promise<{ primary: Member; at: number }> => {
  const [sentinel] = stage.redis.sentinels
  if (!sentinel) throw new Error('a sentinel')
  const ear = await connectTo(stage, sentinel)
  const switched = new Promise<number>((resolve) => {
    ear.on('message', () => resolve(performance.now()))
  })
  try {
    await ear.subscribe('+switch-master')
    await act()
    const at = await Promise.race([switched, sleep(20_000, 0, { ref: false })])
    if (at === 0) throw new Error('no failover within 20 s')
    return { primary: await stage.redis.primary(), at }
  } finally {
    ear.disconnect()
  }
}

/** Loses the primary by `act`, and sees to it that all follow the next. */
export const failover = async (
  what: string,
  stage: SentinelStage,
  readers: readonly Reader[],
  act: () => Promise<void>,
): Promise<Member> => {
  const over = epochsOf(readers[0])
  const lostAt = performance.now()
  const { primary, at } = await promotion(stage, act)
  const redis = await connectTo(stage, primary)
  await checkFailover({
    what: `Sentinel, ${what}`,
    readers,
    redis,
    lost: MOVING,
    over,
    lostAt,
    promotedAt: at,
  }).finally(() => redis.disconnect())
  return primary
}
