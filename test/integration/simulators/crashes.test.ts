import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createFleet } from '../../../simulators/fleet/fleet.ts'
import { createLine } from '../../../simulators/fleet/routes.ts'
import { createMarket } from '../../../simulators/market/market.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Candle, Trade } from '../../../wire/market.ts'
import { installEverywhere, keysEverywhere } from '../../support/redis-everywhere.ts'
import { numbersFrom, publisherForEachTest } from './held.ts'

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'KO', 'BRK.B']
const held = publisherForEachTest()

it('loses nothing, repeats nothing and keeps each symbol in order while Redis crashes and comes back', async () => {
  await installEverywhere(held.redis.client())
  const market = createMarket({
    symbols: SYMBOLS.map((symbol) => ({ symbol, price: 100 })),
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
        held.publisher.trades(symbol, trades)
      }
      t += 20
      await sleep(5)
    }
  }
  await trade(60)
  for (let crash = 0; crash < 2; crash++) {
    const running = trade(100)
    await sleep(100)
    await held.redis.kill()
    await running
    await held.redis.restart()
    await trade(60)
  }
  await held.publisher.drained(0)

  for (const symbol of SYMBOLS) {
    const expected = sent.get(symbol) ?? []
    const stored = await held.logged<Trade>(`wf:{s:${symbol}}:log`, 'trades')
    expect(stored).toEqual(expected)
    expect(expected.map(({ id }) => id)).toEqual(numbersFrom(1, expected.length))
    const candles = Object.values(await held.redis.client().hgetall(`wf:{s:${symbol}}:1m`)).map(
      (text) => JSON.parse(text) as Candle,
    )
    expect(candles.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length)
  }
  const total = [...sent.values()].flat().length
  expect(total).toBeGreaterThan(1500)
  expect(held.publisher.account).toMatchObject({ trades: total, dropped: 0 })
  expect(held.publisher.account.accepted + held.publisher.account.repeats).toBe(total)
  expect(held.publisher.account.retries).toBeGreaterThan(0)
  expect(held.said.filter((line) => line.includes('cannot be reached')).length).toBeLessThanOrEqual(4)
})

it('places every device in exactly the cell of its newest fix, crash or not, and every late fix arrives', async () => {
  await installEverywhere(held.redis.client())
  const ends: [number, number][] = [
    [30.2, -97.8],
    [30.45, -97.6],
  ]
  const there = createLine({ route: '7', direction: 0, points: ends })
  const back = createLine({ route: '7', direction: 1, points: ends.toReversed() })
  const fleet = createFleet({
    circuits: [{ route: '7', lines: [there, back] }],
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
      held.publisher.fixes(id, fixes)
    }
    if (step === 40 || step === 80) {
      await held.redis.kill()
      setTimeout(() => void held.redis.restart(), 150)
    }
    await sleep(15)
  }
  await held.publisher.drained(0)

  const redis = held.redis.client()
  const shown = new Map<string, string[]>()
  for (const key of await keysEverywhere(redis, 'wf:{c:*}:fix'))
    for (const id of await redis.hkeys(key))
      shown.set(id, [...(shown.get(id) ?? []), key.slice('wf:{c:'.length, -'}:fix'.length)])
  expect(sent.size).toBe(40)
  for (const [id, fixes] of sent) {
    const stored = await held.logged<Fix>(`wf:{d:${id}}:track`, 'fixes')
    expect(stored).toEqual(fixes)
    const newest = fixes.reduce((a, b) => (b.t > a.t ? b : a))
    expect(shown.get(id)).toEqual([cellOf(newest.lat, newest.lon)])
  }
  expect(held.publisher.account.dropped).toBe(0)
})
