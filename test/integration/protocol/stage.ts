import type { Fix } from '../../../wire/fleet.ts'
import { parseGrants } from '../../../wire/grants.ts'
import type { Quote, Trade } from '../../../wire/market.ts'
import type { Cursor, Segment, WatchReply, WatchRequest, WatchResult } from '../../../wire/protocol.ts'
import { type Coverage, createCoverage, readAsyncApi } from '../../support/asyncapi.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { fromOwnPage, somebody, testTokens } from '../../support/people.ts'
import { connectRaw, type Packet, type RawClient } from '../../support/raw-client.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'

export const HEARTBEAT_MS = 300
export const MOST_WATCHES = 6
export const MOST_REQUESTS = 25

/** A real Redis, node and clients, of which every packet is held against docs/protocol.asyncapi.yaml. */
export type Stage = {
  redis: TestRedis
  node: TestNode
  command: RedisClient
  feed: Feed
  coverage: Coverage
  client: () => Promise<RawClient>
  /** The token of somebody with these grants, until a time (null: for ever). */
  bearer: (grants: string, until: number | null, id?: string) => Promise<string>
  /** Such a client of a second node, where people sign in. */
  somebody: (...who: Parameters<Stage['bearer']>) => Promise<RawClient>
  /** A client of the first node, of somebody with this handle who may do everything. */
  person: (handle: string) => Promise<RawClient>
  /** Takes back all that lets a person in. */
  revoke: (person: string) => Promise<void>
  /** What the node sent that the document does not describe. */
  wrong: string[]
  /** What clients sent that the document does not allow; emptied by whoever sent it on purpose. */
  malformed: string[]
  stop: () => Promise<void>
}

export const startStage = async (): Promise<Stage> => {
  const redis = await startRedis()
  const start = (NODE_NAME: string, ACCESS: string): Promise<TestNode> =>
    startNode({
      redisUrl: redis.url,
      env: {
        HEARTBEAT_MS: String(HEARTBEAT_MS),
        MAX_WATCHES: String(MOST_WATCHES),
        MAX_REQUESTS: String(MOST_REQUESTS),
        LINGER_MS: '100',
        NODE_NAME,
        ACCESS,
      },
    })
  const [node, closed, tokens] = await Promise.all([start('one', 'open'), start('two', 'invitations'), testTokens()])
  const command = redis.client()
  const coverage = createCoverage(readAsyncApi())
  const wrong: string[] = []
  const malformed: string[] = []
  const clients: RawClient[] = []

  const check = ({ from, kind, event, payload, text }: Packet): void => {
    const problem = coverage.check(kind === 'reply' ? `${event}Reply` : event, payload)
    if (problem === null) return
    if (from === 'client') malformed.push(text)
    else wrong.push(`${text.slice(0, 2000)}\n${problem}`)
  }
  const join = async (url: string, auth?: { token: string }): Promise<RawClient> => {
    const client = await connectRaw(url, check, auth)
    clients.push(client)
    return client
  }
  const bearer: Stage['bearer'] = (grants, until, id = 'ann') =>
    tokens.sign('bearer', somebody({ id, grants: parseGrants(grants) ?? [], until }))

  return {
    redis,
    node,
    command,
    feed: createFeed(command),
    coverage,
    wrong,
    malformed,
    client: () => join(node.url),
    bearer,
    somebody: async (...who) => join(closed.url, { token: await bearer(...who) }),
    person: async (handle) => join(node.url, { token: await bearer('watch:* say:* announce:*', null, handle) }),
    revoke: async (person) => {
      const headers = { ...fromOwnPage, Authorization: `Bearer ${await bearer('manage:*', null)}` }
      const body = JSON.stringify({ person })
      const reply = await fetch(`${closed.url}/api/revoke`, { method: 'POST', headers, body })
      if (!reply.ok) throw new Error(await reply.text())
    },
    stop: async () => {
      for (const client of clients) client.close()
      await Promise.all([node, closed].map((each) => each.kill()))
      await redis.stop()
    },
  }
}

let next = 1
export const trade = (more: Partial<Trade> = {}): Trade => ({ id: next++, t: Date.now(), price: 100, size: 2, ...more })
export const quote = (more: Partial<Quote> = {}): Quote => ({
  t: Date.now(),
  bid: 99 + next++ / 1000,
  bidSize: 1,
  ask: 101,
  askSize: 0,
  ...more,
})
export const fix = (id: string, more: Partial<Fix> = {}): Fix => ({
  id,
  n: next++,
  t: Date.now(),
  lat: 30.25,
  lon: -97.75,
  ...more,
})

export const AUSTIN = { west: -97.8, south: 30.2, east: -97.7, north: 30.3 }

/** Watches, and answers the results; throws where the node refused the whole. */
export const watch = async (client: RawClient, request: WatchRequest): Promise<WatchResult[]> => {
  const reply = await client.ask<WatchReply>('watch', request)
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results
}
/** Watches one topic that exists, and answers the cursor of its result. */
export const cursorOf = async (client: RawClient, topic: string): Promise<Cursor> => {
  const [result] = await watch(client, { topics: [{ topic }] })
  if (result === undefined || result.kind === 'error') throw new Error(`${topic}: ${result?.error.code}`)
  return result.cursor
}

export const segments = (client: RawClient, topic: string): Segment[] =>
  client.heard<Segment[]>('updates').flatMap((frame) => frame.filter((segment) => segment.topic === topic))
/** Waits for as many segments of a topic, and answers all that came. */
export const segmentsOf = (client: RawClient, topic: string, count = 1): Promise<Segment[]> =>
  eventually(`${count} segments of ${topic}`, () => {
    const all = segments(client, topic)
    return all.length >= count ? all : null
  })
