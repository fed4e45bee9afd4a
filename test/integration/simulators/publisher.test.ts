import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFleet } from '../../../simulators/fleet/fleet.ts'
import { createLine } from '../../../simulators/fleet/routes.ts'
import { createMarket } from '../../../simulators/market/market.ts'
import { lastPrices } from '../../../simulators/market/resume.ts'
import { connectFeed } from '../../../simulators/publisher/connect.ts'
import { redisPort } from '../../../simulators/publisher/port.ts'
import { createPublisher, type Publisher } from '../../../simulators/publisher.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Candle, Trade } from '../../../wire/market.ts'
import { eventually } from '../../support/eventually.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { emptyEverywhere, installEverywhere, keysEverywhere } from '../../support/redis-everywhere.ts'

// Every write reaches the disk before it is answered: what was answered survives a crash.
const DURABLE = ['appendonly yes', 'appendfsync always']
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'KO', 'BRK.B']

let server: TestRedis
let feed: RedisClient
let publisher: Publisher
let said: string[]

const connect = async (cap?: number) => {
  feed = await connectFeed(server.url, Math.random, 700)
  publisher = createPublisher({
    port: redisPort(feed),
    say: (line) => said.push(line),
    random: Math.random,
    ...(cap && { cap }),
  })
}

beforeAll(async () => {
  server = await startRedis(DURABLE)
})
beforeEach(async () => {
  said = []
  await emptyEverywhere(server.client())
  await connect()
})
afterEach(async () => {
  await publisher.stop(100)
  feed.disconnect()
})
afterAll(() => server.stop())

/** Everything that Redis's logs hold of a symbol or device, in the order in which it was published. */
const logged = async <Item>(key: string, field: 'trades' | 'fixes'): Promise<Item[]> => {
  const entries = await server.client().xrange(key, '-', '+')
  return entries.flatMap(([, [, text = '{}']]) => (JSON.parse(text) as Record<string, Item[]>)[field] ?? [])
}
const numbersFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

describe('the publisher and a real Redis', () => {
  it('loses nothing, repeats nothing and keeps each symbol in order while Redis crashes and comes back', async () => {
    await installEverywhere(server.client())
    const market = createMarket({
      symbols: SYMBOLS,
      seed: 1,
      firstId: 1,
      pace: { rate: 500, even: true, steady: true },
    })
    const sent = new Map<string, Trade[]>(SYMBOLS.map((symbol) => [symbol, []]))
    let t = Date.now() - 60_000
    const trade = async (steps: number) => {
      for (let i = 0; i < steps; i++) {
        for (const { symbol, trades } of market.step(t, 0.02)) {
          sent.get(symbol)?.push(...trades)
          publisher.trades(symbol, trades)
        }
        t += 20
        await sleep(5)
      }
    }
    await trade(60)
    for (let crash = 0; crash < 2; crash++) {
      const running = trade(100)
      await sleep(100)
      await server.kill()
      await running
      await server.restart()
      await trade(60)
    }
    await publisher.drained(0)

    for (const symbol of SYMBOLS) {
      const expected = sent.get(symbol) ?? []
      const stored = await logged<Trade>(`wf:{s:${symbol}}:log`, 'trades')
      expect(stored).toEqual(expected)
      expect(expected.map(({ id }) => id)).toEqual(numbersFrom(1, expected.length))
      const candles = Object.values(await server.client().hgetall(`wf:{s:${symbol}}:1m`)).map(
        (text) => JSON.parse(text) as Candle,
      )
      expect(candles.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length)
    }
    const total = [...sent.values()].flat().length
    expect(total).toBeGreaterThan(1500)
    expect(publisher.account).toMatchObject({ trades: total, dropped: 0 })
    expect(publisher.account.accepted + publisher.account.repeats).toBe(total)
    expect(publisher.account.retries).toBeGreaterThan(0)
    expect(said.filter((line) => line.includes('cannot be reached')).length).toBeLessThanOrEqual(4)
  })

  it('places every device in exactly the cell of its newest fix, crash or not, and every late fix arrives', async () => {
    await installEverywhere(server.client())
    const street = createLine({
      route: '7',
      direction: 0,
      points: [
        [30.2, -97.8],
        [30.45, -97.6],
      ],
    })
    const fleet = createFleet({
      circuits: [{ route: '7', lines: [street] }],
      devices: 40,
      seed: 3,
      interval: 60,
      firstNumber: 1,
      start: Date.now() - 7_200_000,
    })
    const sent = new Map<string, Fix[]>()
    // Two hours in three seconds: devices cross cells all the time.
    for (let step = 1; step <= 120; step++) {
      for (const { id, fixes } of fleet.step(Date.now() - 7_200_000 + step * 60_000)) {
        sent.set(id, [...(sent.get(id) ?? []), ...fixes])
        publisher.fixes(id, fixes)
      }
      if (step === 40 || step === 80) {
        await server.kill()
        setTimeout(() => void server.restart(), 150)
      }
      await sleep(15)
    }
    await publisher.drained(0)

    const redis = server.client()
    const shown = new Map<string, string[]>()
    for (const key of await keysEverywhere(redis, 'wf:{c:*}:fix'))
      for (const id of await redis.hkeys(key))
        shown.set(id, [...(shown.get(id) ?? []), key.slice('wf:{c:'.length, -'}:fix'.length)])
    expect(sent.size).toBe(40)
    for (const [id, fixes] of sent) {
      const stored = await logged<Fix>(`wf:{d:${id}}:track`, 'fixes')
      expect(stored).toEqual(fixes)
      const newest = fixes.reduce((a, b) => (b.t > a.t ? b : a))
      expect(shown.get(id)).toEqual([cellOf(newest.lat, newest.lon)])
    }
    expect(publisher.account.dropped).toBe(0)
  })

  it('waits for the library to be installed, and says so once', async () => {
    publisher.describe([{ symbol: 'AAPL', name: 'Apple Inc.' }])
    publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
    await eventually('the publisher says what it waits for', () => said.length > 0)
    await sleep(500)
    expect(said).toEqual([expect.stringContaining('no server node has installed the function library yet')])
    await installEverywhere(server.client())
    await publisher.drained(0)
    expect(publisher.account.accepted).toBe(1)
    expect(await server.client().hget('wf:{symbols}', 'AAPL')).toBe('Apple Inc.')
    expect(said.at(-1)).toContain('Redis takes data again')
  })

  it('keeps within its cap while Redis is away: what it still has are the newest', async () => {
    await installEverywhere(server.client())
    await publisher.stop()
    feed.disconnect()
    await connect(1000)
    await server.kill()
    for (let id = 1; id <= 5000; id++) publisher.trades('AAPL', [{ id, t: Date.now(), price: 1, size: 1 }])
    expect(publisher.waiting()).toBeLessThanOrEqual(1000)
    await server.restart()
    await publisher.drained(0)
    const ids = (await logged<Trade>('wf:{s:AAPL}:log', 'trades')).map(({ id }) => id)
    expect(ids).toEqual(numbersFrom(5001 - ids.length, ids.length))
    expect(publisher.account.dropped).toBe(5000 - ids.length)
  })

  it('counts what the library refuses, by its reason', async () => {
    await installEverywhere(server.client())
    publisher.trades('AAPL', [
      { id: 1, t: Date.now(), price: 1, size: 1 },
      { id: 2, t: Date.now(), price: -1, size: 1 },
      { id: 3, t: Date.now() + 3_600_000, price: 1, size: 1 },
    ])
    publisher.quote('AAPL', { t: 5, bid: 1, bidSize: 1, ask: 2, askSize: 1 })
    publisher.fixes('BUS-1', [{ id: 'BUS-1', n: 1, t: Date.now(), lat: 89, lon: 0 }])
    await publisher.drained(0)
    expect(Object.fromEntries([...publisher.account.refused].map(([reason, { count }]) => [reason, count]))).toEqual({
      'symbol price': 1,
      'symbol time': 2,
      'device latitude': 1,
    })
    expect(publisher.account).toMatchObject({ trades: 3, quotes: 1, fixes: 1, accepted: 1 })
  })

  it('takes a Redis that hangs for one that is away, and sends again once it goes on', async () => {
    await installEverywhere(server.client())
    publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
    await publisher.drained(0)
    await server.pause()
    for (let id = 2; id <= 60; id++) {
      publisher.trades('AAPL', [{ id, t: Date.now(), price: 1, size: 1 }])
      await sleep(40)
    }
    expect(said).toEqual([expect.stringMatching(/^Waiting: Redis cannot be reached\./)])
    await server.resume()
    await publisher.drained(0)
    expect((await logged<Trade>('wf:{s:AAPL}:log', 'trades')).map(({ id }) => id)).toEqual(numbersFrom(1, 60))
    expect(publisher.account.dropped).toBe(0)
  })

  it('starts beside a Redis that hangs, and works once it goes on', async () => {
    await installEverywhere(server.client())
    await publisher.stop()
    feed.disconnect()
    await server.pause()
    await connect()
    publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
    await sleep(1500)
    await server.resume()
    await publisher.drained(0)
    expect(publisher.account.trades).toBe(1)
  })

  it('reads the last prices that a market goes on from', async () => {
    const port = redisPort(feed)
    expect(await lastPrices(port, SYMBOLS)).toBeNull()
    await installEverywhere(server.client())
    publisher.describe([{ symbol: 'KO', name: 'Coca-Cola' }])
    publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 12.5, size: 1 }])
    await publisher.drained(0)
    expect(await lastPrices(port, SYMBOLS)).toEqual(new Map([['AAPL', 12.5]]))
  })
})
