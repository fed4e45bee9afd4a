import { Redis } from 'ioredis'
import { createPublisher } from '../../../feed/publisher.ts'
import { redisPort } from '../../../feed/redis-port.ts'
import { createRandom } from '../../../simulators/random.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'
import { symbolName } from '../floor.ts'

export type IngestOptions = { url: string; seconds: number }
export type Ingested = { accepted: number; seconds: number; refused: number; dropped: number }

/**
 * What the ingest process can be asked: to publish as fast as Redis takes it, through the publisher that every feed
 * uses.
 */
export type IngestCalls = {
  trades: (options: IngestOptions & { symbols: number }) => Promise<Ingested>
  fixes: (options: IngestOptions & { devices: number }) => Promise<Ingested>
}

/** Enough to keep both of the publisher's pipelines full. */
const WAITING = 8000
const AUSTIN = { lat: 30.2672, lon: -97.7431 }
/** Of a degree, that a device moves between two fixes at most: some 20 m, so that one in some 150 leaves its cell. */
const STRIDE = 0.0002

type Publisher = ReturnType<typeof createPublisher>

const publishFor = async (
  { url, seconds }: IngestOptions,
  publishRound: (publisher: Publisher) => void,
): Promise<Ingested> => {
  const redis = new Redis(url)
  const publisher = createPublisher({ port: redisPort(redis), say: () => {}, random: Math.random })
  const began = performance.now()
  const end = began + seconds * 1000
  while (performance.now() < end) {
    publishRound(publisher)
    await publisher.drained(WAITING)
  }
  await publisher.drained(0)
  const took = (performance.now() - began) / 1000
  await publisher.stop()
  redis.disconnect()
  const { accepted, dropped, refused, repeats } = publisher.account
  const refusals = [...refused.values()].reduce((sum, { count }) => sum + count, 0)
  return { accepted, seconds: took, refused: refusals + repeats, dropped }
}

export const createIngest = (): IngestCalls => {
  const random = createRandom(5)
  const tradeIds = new Map<number, number>()
  const devices = new Map<number, Fix>()

  const trade = (symbol: number): Trade => {
    const id = (tradeIds.get(symbol) ?? 0) + 1
    tradeIds.set(symbol, id)
    return { id, t: Date.now(), price: 100 + random.below(1000) / 100, size: 1 + random.below(100), side: 'buy' }
  }

  const place = (device: number): Fix => ({
    id: `BENCH-${device}`,
    n: 0,
    t: 0,
    lat: AUSTIN.lat + random.normal() * 0.08,
    lon: AUSTIN.lon + random.normal() * 0.08,
  })

  const fix = (device: number): Fix => {
    const { id, n, lat, lon } = devices.get(device) ?? place(device)
    const moved = {
      id,
      n: n + 1,
      t: Date.now(),
      lat: lat + (random.next() * 2 - 1) * STRIDE,
      lon: lon + (random.next() * 2 - 1) * STRIDE,
      speed: 9,
      heading: random.below(360),
    }
    devices.set(device, moved)
    return moved
  }

  return {
    trades: ({ symbols, ...options }) =>
      publishFor(options, (publisher) => {
        for (let i = 0; i < WAITING; i++) {
          const symbol = i % symbols
          publisher.trades(symbolName(symbol), [trade(symbol)])
        }
      }),
    fixes: ({ devices: count, ...options }) =>
      publishFor(options, (publisher) => {
        for (let device = 0; device < count; device++) {
          const next = fix(device)
          publisher.fixes(next.id, [next])
        }
      }),
  }
}
