import { isDeepStrictEqual } from 'node:util'
import { type Bounds, cellsCovering } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { type Candle, MINUTE, type PreviousClose, type Quote, type Trade } from '../../../wire/market.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { cellTopic, type Topic, topicKey, topicKind, topicPart } from '../../../wire/topics.ts'
import type { RedisClient } from '../redis-client.ts'
import type { Reader } from './reader.ts'
import type { State } from './state.ts'

/** Where a topic stands in Redis, read from its keys without the function library. */
export type Truth = { topic: Topic; cursor: Cursor; state: State }

const parse = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null)

const symbolState = async (redis: RedisClient, topic: Topic, hash: Record<string, string>): Promise<State> => {
  const last = parse<Trade>(hash.last)
  const minute = last && (await redis.hget(topicPart(topic, '1m'), String(Math.floor(last.t / MINUTE) * MINUTE)))
  return {
    last,
    quote: parse<Quote>(hash.quote),
    day: parse<Candle>(hash.day),
    prev: parse<PreviousClose>(hash.prev),
    candle: parse<Candle>(minute),
  }
}

const cellState = async (redis: RedisClient, topic: Topic): Promise<State> => {
  const fixes = (await redis.hvals(topicPart(topic, 'fix'))).map((text) => JSON.parse(text) as Fix)
  return Object.fromEntries(fixes.map((fix) => [fix.id, fix]))
}

const readTopic = async (redis: RedisClient, topic: Topic): Promise<Truth> => {
  const hash = await redis.hgetall(topicKey(topic))
  const cursor = { epoch: hash.epoch ?? '', seq: Number(hash.seq ?? 0) }
  const kind = topicKind(topic)
  if (kind === 's') return { topic, cursor, state: await symbolState(redis, topic, hash) }
  if (kind === 'c') return { topic, cursor, state: await cellState(redis, topic) }
  return { topic, cursor, state: { last: parse<Fix>(hash.last) } }
}

/** Redis's own state of topics and of the cells of a view. Nothing may be written meanwhile. */
export const readTruth = (
  redis: RedisClient,
  topics: readonly Topic[],
  bounds: Bounds | null = null,
): Promise<Truth[]> => {
  const cells = bounds ? (cellsCovering(bounds) ?? []).map(cellTopic) : []
  return Promise.all([...topics, ...cells].map((topic) => readTopic(redis, topic)))
}

/**
 * How a reader differs from Redis, in words; empty where it is whole. Topics that it does not watch are passed over.
 */
export const differences = ({ holdings }: Pick<Reader, 'holdings'>, truth: readonly Truth[]): string[] =>
  truth.flatMap(({ topic, cursor, state }) => {
    const holding = holdings.get(topic)
    if (!holding) return []
    if (holding.phase !== 'live') return [`${topic} is being asked for`]
    if (!isDeepStrictEqual(holding.cursor, cursor))
      return [`${topic} is at ${JSON.stringify(holding.cursor)}, Redis at ${JSON.stringify(cursor)}`]
    if (isDeepStrictEqual(holding.state, state)) return []
    return [`${topic} is ${JSON.stringify(holding.state)}, in Redis ${JSON.stringify(state)}`]
  })
