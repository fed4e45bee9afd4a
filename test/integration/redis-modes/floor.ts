import { afterAll, beforeAll } from 'vitest'
import type { ReadyReply } from '../../../wire/api.ts'
import type { Trade } from '../../../wire/market.ts'
import type { Segment } from '../../../wire/protocol.ts'
import { type TestClient as Client, connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import type { RedisClient } from '../../support/redis-client.ts'

/** What is started for one file and ended after it, whatever happens. */
export const forThisFile = <T extends { stop: () => Promise<void> }>(start: () => Promise<T>) => {
  const held = { redis: undefined as unknown as T }
  beforeAll(async () => {
    held.redis = await start()
  })
  afterAll(() => held.redis?.stop())
  return held
}

export const readyz = async ({ url }: TestNode): Promise<number> => (await fetch(`${url}/readyz`)).status
/** How much of its Redis a node says that it has. */
export const reachOf = async ({ url }: TestNode): Promise<ReadyReply['redis']> =>
  ((await (await fetch(`${url}/readyz`)).json()) as ReadyReply).redis

let id = 0
export const newTrade = (): Trade => ({ id: ++id, t: Date.now(), price: 100 + id, size: 1, side: 'buy' })

/** The number of the newest trade that these segments tell of. */
const newest = (segments: readonly Segment[]): number =>
  Math.max(
    0,
    ...segments.flatMap((segment) => {
      if ('snapshot' in segment) return (segment.snapshot as { last: Trade | null }).last?.id ?? 0
      return (segment.trades ?? []).map((trade) => trade.id)
    }),
  )

export type Room = {
  node: TestNode
  client: Client
  /** Publishes a trade of each symbol until one of each was taken; answers their ids. */
  publish: (symbols?: readonly string[]) => Promise<Map<string, number>>
  /** Resolves when the client has heard of these trades. */
  heard: (trades: ReadonlyMap<string, number>) => Promise<void>
  /** Lines that the node has logged so far. */
  lines: () => string[]
}

/** A node that logs all it has to say, a client that watches these symbols, and a feed. */
export const inRoom = async (
  redis: { url: string; client: () => RedisClient },
  symbols: readonly string[],
  work: (room: Room) => Promise<void>,
): Promise<void> => {
  const node = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'info', HEARTBEAT_MS: '1000' } })
  const feed = createFeed(redis.client() as Parameters<typeof createFeed>[0])
  const publishOne = async (symbol: string): Promise<[string, number]> => {
    const trade = newTrade()
    await eventually(`${symbol} takes a trade`, () => feed.market(symbol, [trade]))
    return [symbol, trade.id]
  }
  const publish: Room['publish'] = async (some = symbols) =>
    new Map(await Promise.all(some.map((symbol) => publishOne(symbol))))
  try {
    await publish()
    const client = await connectClient(node.url)
    try {
      await client.watchTopics(...symbols.map((symbol) => `s:${symbol}`))
      const heard: Room['heard'] = async (trades) => {
        for (const [symbol, trade] of trades)
          await eventually(`trade ${trade} of ${symbol}`, () => newest(client.segments(`s:${symbol}`)) >= trade)
      }
      const lines = (): string[] => node.output().split('\n').filter(Boolean)
      await heard(await publish())
      await work({ node, client, publish, heard, lines })
    } finally {
      client.close()
    }
  } finally {
    await node.stop()
  }
}
