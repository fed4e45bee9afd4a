import { Redis } from 'ioredis'
import { createPublisher, type Publisher } from '../../../feed/publisher.ts'
import { redisPort } from '../../../feed/redis-port.ts'
import { createRandom } from '../../../simulators/random.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'
import { AUSTIN, SPREAD } from '../fleet/city.ts'
import { symbolName } from '../floor.ts'
import { deviceName, HISTORY } from './history.ts'

const MINUTE_MS = 60_000
/** So many trades and fixes may wait in the publisher. */
const WAITING = 8000

/** A trade in each of the last minutes. */
const pastTrades = (now: number): Trade[] =>
  Array.from({ length: HISTORY.minutes }, (_, i) => ({
    id: i + 1,
    t: now - (HISTORY.minutes - i) * MINUTE_MS,
    price: 100 + (i % 97) / 100,
    size: 1 + (i % 89),
    side: i % 2 ? 'buy' : 'sell',
  }))

/** Fixes of the last seconds, a few metres from each other. */
const pastFixes = (device: number, count: number, now: number, random: () => number): Fix[] => {
  const [lat, lon] = [AUSTIN.lat + random() * SPREAD, AUSTIN.lon + random() * SPREAD]
  return Array.from({ length: count }, (_, i) => ({
    id: deviceName(device),
    n: i + 1,
    t: now - (count - i) * 1000,
    lat: lat + i * 0.00002,
    lon,
    speed: 2,
    heading: 0,
  }))
}

const publishHistory = async (publisher: Publisher, first: number): Promise<void> => {
  const now = Date.now()
  const { next } = createRandom(17)
  const symbols = Array.from({ length: HISTORY.symbols }, (_, i) => ({ symbol: symbolName(i), name: `Bench ${i}` }))
  publisher.describe(symbols)
  const trades = pastTrades(now)
  for (const { symbol } of symbols.slice(first)) {
    publisher.trades(symbol, trades)
    await publisher.drained(WAITING)
  }
  for (let device = 0; device < HISTORY.devices; device++) {
    publisher.fixes(deviceName(device), pastFixes(device, device < HISTORY.tracks ? HISTORY.fixes : 1, now, next))
    await publisher.drained(WAITING)
  }
  await publisher.drained(0)
}

/** Fills Redis with a history. The symbols before `first` get names only: their trades are for the feed to number. */
export const seedHistory = async (url: string, first: number): Promise<void> => {
  const redis = new Redis(url)
  const publisher = createPublisher({ port: redisPort(redis), say: () => {}, random: Math.random })
  await publishHistory(publisher, first)
  const { refused, dropped } = publisher.account
  await publisher.stop()
  redis.disconnect()
  if (refused.size > 0 || dropped > 0)
    throw new Error(`the history was not taken: ${[...refused.keys()].join(', ')}, ${dropped} dropped`)
}
