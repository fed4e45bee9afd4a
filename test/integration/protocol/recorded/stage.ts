import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { eventually } from '../../../support/eventually.ts'
import type { Round } from '../../../support/feeder/recorded.ts'
import { type Feeder, startFeeder } from '../../../support/feeder.ts'
import { startNode, type TestNode } from '../../../support/node.ts'
import type { Wants } from '../../../support/readers/by-the-page/book.ts'
import { openWatcher, type Watcher } from '../../../support/readers/by-the-page/watcher.ts'
import { startRedis, type TestRedis } from '../../../support/redis.ts'

/** Rounds sent again after a kill besides those that may have gone unanswered. */
const AGAIN = 20

export type Stage = {
  redis: () => TestRedis
  nodes: () => [TestNode, TestNode]
  /** Opens a client of one of the nodes, by the page alone; it is closed after the test. */
  watch: (url: string, wants: Wants) => Promise<Watcher>
  /**
   * Publishes rounds by a feed of its own, which is killed half-way and started again. `at` is done at shares of the
   * way, beginning with the least. Returns how many items came again to the second feed.
   */
  publish: (rounds: readonly Round[], everyMs: number, at: [share: number, act: () => unknown][]) => Promise<number>
}

/** A Redis and two nodes for the tests of a file. */
export const stageForAll = (): Stage => {
  let redis: TestRedis
  let nodes: [TestNode, TestNode]
  const feeders: Feeder[] = []
  const watchers: Watcher[] = []

  beforeAll(async () => {
    redis = await startRedis()
    const start = () => startNode({ redisUrl: redis.url, env: { HEARTBEAT_MS: '300' } })
    nodes = [await start(), await start()]
  })
  afterEach(async () => {
    for (const watcher of watchers.splice(0)) watcher.close()
    for (const feeder of feeders.splice(0)) await feeder.kill()
  })
  afterAll(async () => {
    for (const node of nodes ?? []) await node.kill()
    await redis?.stop()
  })

  const startFeed = async (rounds: readonly Round[], from: number, everyMs: number) => {
    const feeder = startFeeder()
    feeders.push(feeder)
    await feeder.ask('beginRecorded', { url: redis.url, rounds, from, everyMs })
    const until = (share: number): Promise<number> =>
      eventually(`${share} of all rounds`, async () => {
        const published = await feeder.ask('published', null)
        return published >= rounds.length * share ? published : null
      })
    return { ...feeder, until }
  }

  const publish: Stage['publish'] = async (rounds, everyMs, at) => {
    let feed = await startFeed(rounds, 0, everyMs)
    const kill = async (): Promise<void> => {
      const answered = await feed.ask('answered', null)
      await feed.kill()
      feed = await startFeed(rounds, Math.max(0, answered - AGAIN), everyMs)
    }
    for (const [share, act] of [...at, [0.5, kill] as const].toSorted(([a], [b]) => a - b)) {
      await feed.until(share)
      await act()
    }
    const { refused, repeats } = await feed.ask('finishRecorded', null)
    expect(refused).toEqual([])
    return repeats
  }

  const watch: Stage['watch'] = async (url, wants) => {
    const watcher = await openWatcher(url, wants)
    watchers.push(watcher)
    return watcher
  }
  return { redis: () => redis, nodes: () => nodes, watch, publish }
}

/** Items in the order in which they arrive, so many a round. */
export const inRounds = <T>(
  items: readonly { at: number; item: T }[],
  size: number,
  roundOf: (items: T[]) => Round,
): Round[] => {
  const ordered = items.toSorted((a, b) => a.at - b.at).map(({ item }) => item)
  const count = Math.ceil(ordered.length / size)
  return Array.from({ length: count }, (_, i) => roundOf(ordered.slice(i * size, (i + 1) * size)))
}
