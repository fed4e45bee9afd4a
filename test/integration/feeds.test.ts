import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openFeed } from '../../feed/feed.ts'
import type { Trade } from '../../wire/market.ts'
import { eventually } from '../support/eventually.ts'
import { type ClusterRedis, startClusterRedis } from '../support/redis-cluster.ts'
import { installEverywhere } from '../support/redis-everywhere.ts'
import { type SentinelRedis, startSentinelRedis } from '../support/redis-sentinel.ts'

/** Of a Cluster with three primaries, each holds some of these. */
const SYMBOLS = Array.from({ length: 12 }, (_, i) => `SYM${i}`)
const EVERY_MS = 20

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A feed that trades every symbol fifty times a second until `stop`, each time with the next number. */
const startFeed = async (redis: SentinelRedis | ClusterRedis) => {
  let client = redis.client()
  await installEverywhere(client)
  const said: string[] = []
  const publisher = await openFeed(redis.url, { say: (line) => said.push(line) })
  undo.push(() => publisher.stop(0))
  let last = 0
  const timer = setInterval(() => {
    last++
    for (const symbol of SYMBOLS) publisher.trades(symbol, [{ id: last, t: Date.now(), price: 1, size: 1 }])
  }, EVERY_MS)
  undo.push(() => clearInterval(timer))
  const stored = async (symbol: string): Promise<number[]> => {
    const entries = await client.xrange(`wf:{s:${symbol}}:log`, '-', '+')
    return entries
      .flatMap(([, [, text = '{}']]) => (JSON.parse(text) as { trades?: Trade[] }).trades ?? [])
      .map(({ id }) => id)
  }
  return {
    publisher,
    said,
    stored,
    last: () => last,
    /** Reads by a connection of its own from now on: the one before may be to a primary that is none any more. */
    lookAnew: () => {
      client = redis.client()
    },
    /** Ends when everything is taken. */
    stop: async () => {
      clearInterval(timer)
      await publisher.drained(0)
    },
    /** Resolves when trades are being taken that were made after now. */
    flowing: async (symbols = SYMBOLS) => {
      const from = last
      for (const symbol of symbols)
        await eventually(`${symbol} flows`, async () => ((await stored(symbol)).at(-1) ?? 0) > from)
    },
  }
}

type Feed = Awaited<ReturnType<typeof startFeed>>

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/**
 * Every number from `from` on is stored once and in order; of those before, what was answered may have died with a
 * primary.
 */
const expectWhole = async (feed: Feed, from = 1) => {
  for (const symbol of SYMBOLS) {
    const ids = await feed.stored(symbol)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect(ids.filter((id) => id >= from)).toEqual(numbers(from, feed.last()))
  }
  expect(feed.publisher.account).toMatchObject({ dropped: 0, trades: SYMBOLS.length * feed.last() })
  expect(feed.publisher.account.refused.size).toBe(0)
}

describe('a feed behind Sentinels', () => {
  const open = async () => {
    const redis = await startSentinelRedis()
    undo.push(redis.stop)
    const feed = await startFeed(redis)
    await feed.flowing()
    return { redis, feed, primary: await redis.primary() }
  }
  const promoted = async (redis: SentinelRedis, before: { port: number }, feed: Feed) => {
    await eventually('another primary', async () => (await redis.primary()).port !== before.port)
    feed.lookAnew()
  }

  it('goes on at the new primary when the primary is killed, and loses nothing unanswered', async () => {
    const { redis, feed, primary } = await open()
    const killed = feed.last()
    await primary.kill()
    await promoted(redis, primary, feed)
    await feed.flowing()
    await feed.stop()
    await expectWhole(feed, killed + 1)
    expect(feed.said).toEqual([
      expect.stringMatching(/^Waiting: Redis cannot be reached/),
      expect.stringContaining('takes data again'),
    ])
  })

  it('leaves a primary that hangs', async () => {
    const { redis, feed, primary } = await open()
    const stopped = feed.last()
    primary.pause()
    await promoted(redis, primary, feed)
    await feed.flowing()
    primary.resume()
    await sleep(1000)
    await feed.stop()
    await expectWhole(feed, stopped + 1)
  })

  it('leaves a primary that works still, but is none any more', async () => {
    const { redis, feed, primary } = await open()
    await redis.sentinels[0]?.ask('SENTINEL FAILOVER floor')
    await promoted(redis, primary, feed)
    // Without a word from the Sentinels it would write to the old one for some ten seconds more.
    await feed.flowing()
    const over = feed.last()
    await sleep(500)
    await feed.stop()
    await expectWhole(feed, over)
  })
})

describe('a feed of a Cluster', () => {
  const open = async () => {
    const redis = await startClusterRedis()
    undo.push(redis.stop)
    const feed = await startFeed(redis)
    await feed.flowing()
    return { redis, feed }
  }
  const keyOf = (symbol: string): string => `wf:{s:${symbol}}`

  it('keeps what lives elsewhere flowing while a primary is dead, and the rest waits for the next', async () => {
    const { redis, feed } = await open()
    const dead = await redis.primaryOf(keyOf('SYM0'))
    const homes = await Promise.all(SYMBOLS.map(async (symbol) => (await redis.primaryOf(keyOf(symbol))).port))
    const elsewhere = SYMBOLS.filter((_, i) => homes[i] !== dead.port)
    expect(elsewhere.length).toBeGreaterThan(0)
    // Nobody takes over until it may.
    const replica = redis.members[redis.members.indexOf(dead) + 3]
    if (!replica) throw new Error(`${dead.name} did not begin as a primary`)
    replica.pause()
    const killed = feed.last()
    await dead.kill()
    await feed.flowing(elsewhere)
    replica.resume()
    await eventually('a replica takes over', async () => (await redis.primaryOf(keyOf('SYM0'))) !== dead)
    await feed.flowing()
    await feed.stop()
    await expectWhole(feed, killed + 1)
    expect(feed.said).toEqual([
      expect.stringMatching(/^Waiting: Redis cannot be reached/),
      expect.stringContaining('takes data again'),
    ])
  })

  it('does not wait for a primary that hangs with what lives elsewhere', async () => {
    const { redis, feed } = await open()
    const hung = await redis.primaryOf(keyOf('SYM0'))
    const homes = await Promise.all(SYMBOLS.map(async (symbol) => (await redis.primaryOf(keyOf(symbol))).port))
    const elsewhere = SYMBOLS.filter((_, i) => homes[i] !== hung.port)
    hung.pause()
    await feed.flowing(elsewhere)
    hung.resume()
    await feed.flowing()
    await feed.stop()
    await expectWhole(feed)
  })

  it('follows a slot that moves', async () => {
    const { redis, feed } = await open()
    const slot = await redis.slotOf(keyOf('SYM0'))
    const from = await redis.primaryOf(keyOf('SYM0'))
    const to = (await redis.primaries()).find(({ port }) => port !== from.port)
    if (to === undefined) throw new Error('one primary only')
    await redis.moveSlot(slot, to)
    expect((await redis.primaryOf(keyOf('SYM0'))).port).toBe(to.port)
    await feed.flowing()
    await redis.moveSlot(slot, from)
    await feed.flowing()
    await feed.stop()
    await expectWhole(feed)
  })
})
