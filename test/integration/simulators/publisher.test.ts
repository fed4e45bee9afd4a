import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { redisPort } from '../../../feed/redis-port.ts'
import { lastPrices } from '../../../simulators/market/resume.ts'
import type { Trade } from '../../../wire/market.ts'
import { eventually } from '../../support/eventually.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'
import { numbersFrom, publisherForEachTest } from './held.ts'

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'KO', 'BRK.B']
const held = publisherForEachTest()

it('waits for the library to be installed, and says so once', async () => {
  held.publisher.describe([{ symbol: 'AAPL', name: 'Apple Inc.' }])
  held.publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
  await eventually('the publisher says what it waits for', () => held.said.length > 0)
  await sleep(500)
  expect(held.said).toEqual([expect.stringContaining('no server node has installed the function library yet')])
  await installEverywhere(held.redis.client())
  await held.publisher.drained(0)
  expect(held.publisher.account.accepted).toBe(1)
  expect(await held.redis.client().hget('wf:{symbols}', 'AAPL')).toBe('Apple Inc.')
  expect(held.said.at(-1)).toContain('Redis takes data again')
})

it('keeps within its cap while Redis is away: what it still has are the newest', async () => {
  await installEverywhere(held.redis.client())
  await held.disconnect()
  await held.connect(1000)
  await held.redis.kill()
  for (let id = 1; id <= 5000; id++) held.publisher.trades('AAPL', [{ id, t: Date.now(), price: 1, size: 1 }])
  expect(held.publisher.waiting()).toBeLessThanOrEqual(1000)
  await held.redis.restart()
  await held.publisher.drained(0)
  const ids = (await held.logged<Trade>('wf:{s:AAPL}:log', 'trades')).map(({ id }) => id)
  expect(ids).toEqual(numbersFrom(5001 - ids.length, ids.length))
  expect(held.publisher.account.dropped).toBe(5000 - ids.length)
})

it('counts what the library refuses, by its reason', async () => {
  await installEverywhere(held.redis.client())
  held.publisher.trades('AAPL', [
    { id: 1, t: Date.now(), price: 1, size: 1 },
    { id: 2, t: Date.now(), price: 1, size: -1 },
    { id: 3, t: Date.now() + 3_600_000, price: 1, size: 1 },
  ])
  held.publisher.quote('AAPL', { t: 5, bid: 1, bidSize: 1, ask: 2, askSize: 1 })
  held.publisher.fixes('BUS-1', [{ id: 'BUS-1', n: 1, t: Date.now(), lat: 89, lon: 0 }])
  await held.publisher.drained(0)
  expect(Object.fromEntries([...held.publisher.account.refused].map(([reason, { count }]) => [reason, count]))).toEqual(
    {
      'symbol size': 1,
      'symbol time': 2,
      'device latitude': 1,
    },
  )
  expect(held.publisher.account).toMatchObject({ trades: 3, quotes: 1, fixes: 1, accepted: 1 })
})

it('takes a Redis that hangs for one that is away, and sends again once it goes on', async () => {
  await installEverywhere(held.redis.client())
  held.publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
  await held.publisher.drained(0)
  await held.redis.pause()
  for (let id = 2; id <= 60; id++) {
    held.publisher.trades('AAPL', [{ id, t: Date.now(), price: 1, size: 1 }])
    await sleep(40)
  }
  expect(held.said).toEqual([expect.stringMatching(/^Waiting: Redis cannot be reached\./)])
  await held.redis.resume()
  await held.publisher.drained(0)
  expect((await held.logged<Trade>('wf:{s:AAPL}:log', 'trades')).map(({ id }) => id)).toEqual(numbersFrom(1, 60))
  expect(held.publisher.account.dropped).toBe(0)
})

it('starts beside a Redis that hangs, and works once it goes on', async () => {
  await installEverywhere(held.redis.client())
  await held.disconnect()
  await held.redis.pause()
  await held.connect()
  held.publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
  await sleep(1500)
  await held.redis.resume()
  await held.publisher.drained(0)
  expect(held.publisher.account.trades).toBe(1)
})

it('reads the last prices that a market goes on from', async () => {
  const port = redisPort(held.feed)
  expect(await lastPrices(port, SYMBOLS)).toBeNull()
  await installEverywhere(held.redis.client())
  held.publisher.describe([{ symbol: 'KO', name: 'Coca-Cola' }])
  held.publisher.trades('AAPL', [{ id: 1, t: Date.now(), price: 12.5, size: 1 }])
  await held.publisher.drained(0)
  expect(await lastPrices(port, SYMBOLS)).toEqual(new Map([['AAPL', 12.5]]))
})
