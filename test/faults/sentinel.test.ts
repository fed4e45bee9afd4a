import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { topicKey } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import type { Reader } from '../support/readers/reader.ts'
import type { RedisClient } from '../support/redis-client.ts'
import type { Member } from '../support/redis-member.ts'
import type { SentinelRedis } from '../support/redis-sentinel.ts'
import { checkFailover, floorOn, MOVING, toldGaps } from './failover.ts'
import { epochsOf } from './keeping-up.ts'
import { givenTwice } from './numbers.ts'
import { HEARTBEAT_MS, onSentinel, type Stage } from './stage.ts'

const SOON_MS = HEARTBEAT_MS * 2.5

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
const failover = async (
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

it('the primary is killed under load: clients are whole within 3 s of the promotion of another', () =>
  onSentinel(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const old = await stage.redis.primary()
    expect(await failover('primary killed', stage, readers, old.kill)).not.toBe(old)
    await sleep(500)
    await load.stop()
    await stage.whole(SOON_MS)
    // The old one comes back as a replica, and nobody notices.
    toldGaps(readers)
    const again = await stage.load({ firstId: 1_000_000 })
    await old.restart()
    const follows = async () => (await old.ask('INFO replication')).includes('link_status:up')
    await eventually('it follows', follows, { limitMs: 15_000 })
    await sleep(500)
    await again.stop()
    await stage.whole(SOON_MS)
    expect(toldGaps(readers)).toEqual([])
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('the primary is stopped for 30 s and woken: clients are whole on another, and the old one does not disturb them', () =>
  onSentinel(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const old = await stage.redis.primary()
    const from = performance.now()
    await failover('primary stopped', stage, readers, async () => old.pause())
    await sleep(30_000 - (performance.now() - from))
    toldGaps(readers)
    old.resume()
    await eventually('it is a replica', async () => (await old.ask('ROLE')).includes('slave'), { limitMs: 20_000 })
    await sleep(1000)
    await load.stop()
    await stage.whole(SOON_MS)
    expect(toldGaps(readers)).toEqual([])
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('a replica that was behind is promoted: numbers are given again, and what is new is never taken for what was', () =>
  onSentinel(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const old = await stage.redis.primary()
    const replicas = stage.redis.members.filter((member) => member !== old)
    const { password } = await stage.redis.server()
    // Replicas that are not let in stay where they are, while the primary goes on.
    for (const replica of replicas) await replica.ask('CONFIG SET masterauth wrong')
    await old.ask('CLIENT KILL TYPE replica')
    await sleep(1500)
    const seqs = () => readers.map(({ holdings }) => holdings.get('s:AAPL')?.cursor?.seq ?? 0)
    let reached: number[] = []
    const primary = await failover('a replica 1.5 s behind', stage, readers, async () => {
      await old.kill()
      reached = seqs()
      for (const replica of replicas) await replica.ask(`CONFIG SET masterauth ${password}`)
      const behind = await Promise.all(replicas.map((replica) => replica.ask(`HGET ${topicKey('s:AAPL')} seq`)))
      for (const text of behind) expect(Number(/\r\n(\d+)/.exec(text)?.[1])).toBeLessThan(Math.min(...reached) - 20)
    })
    expect(replicas).toContain(primary)
    await eventually('numbers are given again', () => Math.min(...seqs()) > Math.max(...reached), { limitMs: 15_000 })
    await load.stop()
    await stage.whole(SOON_MS)
    expect(givenTwice(readers[0])).toBeGreaterThan(20)
    for (const reader of readers) {
      expect([...reader.journal.gapsOf].sort()).toEqual(['c', 'd', 's'])
      expect(reader.connections()).toBe(1)
    }
  }))
