import { type Feed, openFeed } from '../../../feed/feed.ts'
import { within } from '../../../redis/within.ts'
import { createRandom } from '../../../simulators/random.ts'
import { clamp } from '../../../wire/clamp.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'
import { cornerNear, type Place, wander } from '../../support/wander.ts'
import { AREA, DEVICES, HEAVY, SYMBOLS } from '../world.ts'

/** The next number of every symbol and device: where a feed that is started anew goes on. */
export type Numbers = Record<string, number>

/** What the feed's process can be asked. */
export type SoakFeedCalls = {
  /** Connects and publishes, from these numbers on, until `stop`. */
  start: (options: { url: string; seed: number; numbers: Numbers }) => Promise<void>
  /** So many calls of 200 trades of the heavy symbol. */
  burst: (argument: { calls: number }) => void
  numbers: (argument: null) => Numbers
  /** Publishes nothing more; resolves once Redis has answered for all (or will not), with what is left unanswered. */
  pause: (argument: null) => Promise<{ waiting: number }>
  resume: (argument: null) => void
}

const TRADES_EVERY_MS = 60
const FIXES_EVERY_MS = 250
/** Shares of the trades that come late, and twice; and how late at the most. */
const LATE = 0.05
const TWICE = 0.01
const LATE_MS = 20_000
const HEAVY_TRADES = 200
/** How long Redis may take for what waits once the feed pauses. */
const DRAIN_MS = 15_000

/**
 * Trades, quotes and fixes through the publisher that real feeds use. All prices are whole, so that sums are exact in
 * any order.
 */
export const createSoakFeed = (): SoakFeedCalls => {
  let feed: Feed | null = null
  let random = createRandom(1)
  let numbers: Numbers = {}
  let paused = true
  const places = new Map<string, Place>()
  let late: { at: number; symbol: string; trade: Trade }[] = []

  const next = (name: string): number => {
    const number = numbers[name] ?? 1
    numbers[name] = number + 1
    return number
  }
  const trade = (symbol: string): Trade => ({
    id: next(symbol),
    t: Date.now(),
    price: 90 + random.below(20),
    size: 1 + random.below(9),
  })
  const somewhere = (low: number, high: number): number => low + random.next() * (high - low)
  const fix = (id: string): Fix => {
    const { west, east, south, north } = AREA
    const from =
      places.get(id) ?? cornerNear({ lat: somewhere(south, north - 0.04), lon: somewhere(west + 0.05, east) })
    const to = wander(from, random.next)
    const place = { lat: clamp(to.lat, south, north), lon: clamp(to.lon, west, east) }
    places.set(id, place)
    return { id, n: next(id), t: Date.now(), ...place }
  }
  /** Most trades come at once; some late, after newer ones, and some twice. */
  const send = (symbol: string, one: Trade): void => {
    const chance = random.next()
    if (chance < LATE) late.push({ at: one.t + random.below(LATE_MS), symbol, trade: one })
    else feed?.trades(symbol, chance < LATE + TWICE ? [one, one] : [one])
  }
  const sendLate = (until: number): void => {
    const due = late.filter(({ at }) => at <= until)
    late = late.filter(({ at }) => at > until)
    for (const { symbol, trade } of due) feed?.trades(symbol, [trade])
  }
  const quoteOf = () => ({
    t: Date.now(),
    bid: 80 + random.below(10),
    bidSize: 1,
    ask: 110 + random.below(10),
    askSize: 2,
  })

  return {
    start: async ({ url, seed, numbers: from }) => {
      random = createRandom(seed)
      numbers = { ...from }
      feed = await openFeed(url, { say: () => {}, random: random.next })
      feed.describe([...SYMBOLS, HEAVY].map((symbol) => ({ symbol, name: `${symbol} Inc.` })))
      paused = false
      setInterval(() => {
        if (paused) return
        for (const symbol of SYMBOLS) if (random.next() < 0.7) send(symbol, trade(symbol))
        sendLate(Date.now())
        for (const symbol of SYMBOLS) if (random.next() < 0.2) feed?.quote(symbol, quoteOf())
      }, TRADES_EVERY_MS)
      setInterval(() => {
        if (!paused) for (const id of DEVICES) feed?.fixes(id, [fix(id)])
      }, FIXES_EVERY_MS)
    },
    burst: ({ calls }) => {
      for (let i = 0; i < calls; i++)
        setTimeout(() => {
          feed?.trades(
            HEAVY,
            Array.from({ length: HEAVY_TRADES }, () => trade(HEAVY)),
          )
        }, i * 15)
    },
    numbers: () => numbers,
    pause: async () => {
      paused = true
      sendLate(Number.POSITIVE_INFINITY)
      if (feed) await within(DRAIN_MS, feed.drained(0), () => {})
      return { waiting: feed?.waiting() ?? 0 }
    },
    resume: () => {
      paused = false
    },
  }
}
