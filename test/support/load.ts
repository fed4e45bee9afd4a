import { connectFeed } from '../../feed/connect.ts'
import { createPublisher, type Publisher } from '../../feed/publisher.ts'
import { redisPort } from '../../feed/redis-port.ts'
import { createRandom } from '../../simulators/random.ts'
import type { Fix } from '../../wire/fleet.ts'
import type { Quote, Trade } from '../../wire/market.ts'
import { cornerNear, wander } from './wander.ts'

export type LoadOptions = {
  symbols: readonly string[]
  /** Symbols to be named at the start, those that never trade too. */
  described?: readonly string[]
  devices?: readonly string[]
  /** Between two rounds; each has trades of every symbol, a quote of some, and a fix of every device. */
  everyMs?: number
  trades?: number
  /** Source numbers and random walk start here: two loads with the same seed publish the same things. */
  seed?: number
  firstId?: number
  /** How far the feed's clock is ahead, in milliseconds. */
  skewMs?: number
}

export type Load = {
  publisher: Publisher
  /** Rounds so far: times `trades`, the trades of each symbol. */
  rounds: () => number
  /** What was said in words: troubles. */
  said: string[]
  /** Ends; everything has been taken by Redis when it resolves. */
  stop: () => Promise<void>
  /** Ends as a crash would: nothing more is sent. */
  drop: () => void
}

/** Around the middle of Austin; devices walk over the borders of its cells. */
export const BOUNDS = { west: -97.8, east: -97.68, south: 30.22, north: 30.32 }

/**
 * A feed at work through the publisher that real feeds use. All numbers are whole, so that sums are exact in any order.
 */
export const startLoad = async (url: string, options: LoadOptions): Promise<Load> => {
  const { symbols, devices = [], everyMs = 20, trades = 1, seed = 1, firstId = 1, skewMs = 0 } = options
  const random = createRandom(seed).next
  const redis = await connectFeed(url, random)
  const now = (): number => Date.now() + skewMs
  const said: string[] = []
  const publisher = createPublisher({ port: redisPort(redis), say: (line) => said.push(line), random })
  publisher.describe((options.described ?? symbols).map((symbol) => ({ symbol, name: `${symbol} Inc.` })))
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  const start = cornerNear({ lat: 30.27, lon: -97.74 })
  const places = new Map(devices.map((id) => [id, start]))
  const numbers = new Map<string, number>()
  let rounds = 0

  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? firstId
    numbers.set(name, number + 1)
    return number
  }
  const trade = (symbol: string): Trade => ({
    id: numberOf(symbol),
    t: now(),
    price: between(90, 110),
    size: between(1, 9),
  })
  const quote = (): Quote => ({ t: now(), bid: between(80, 99), bidSize: 1, ask: between(100, 120), askSize: 2 })
  const fix = (device: string): Fix => {
    const to = wander(places.get(device) ?? start, random)
    places.set(device, to)
    return { id: device, n: numberOf(device), t: now(), ...to }
  }
  const timer = setInterval(() => {
    rounds++
    for (const symbol of symbols) {
      publisher.trades(
        symbol,
        Array.from({ length: trades }, () => trade(symbol)),
      )
      if (random() < 0.2) publisher.quote(symbol, quote())
    }
    for (const device of devices) publisher.fixes(device, [fix(device)])
  }, everyMs)

  return {
    publisher,
    said,
    rounds: () => rounds,
    stop: async () => {
      clearInterval(timer)
      await publisher.drained(0)
      await publisher.stop()
      redis.disconnect()
    },
    drop: () => {
      clearInterval(timer)
      redis.disconnect()
      void publisher.stop(0)
    },
  }
}
