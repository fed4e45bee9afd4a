import { expect, it } from 'vitest'
import type { CandlesReply, TrackReply } from '../../../wire/api.ts'
import { type Interval, MINUTE } from '../../../wire/market.ts'
import { floorForThisFile } from './floor.ts'

const floor = floorForThisFile()

const ask = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${floor.nodes[0]?.url}/api${path}`)).json()) as T
const candlesOf = async (symbol: string, interval: Interval) =>
  (await ask<CandlesReply>(`/symbols/${symbol}/candles?interval=${interval}&limit=1500`)).candles

const HOUR = 60 * MINUTE
/** The start of an hour two days and a bit ago. */
const FROM = Math.floor(Date.now() / HOUR) * HOUR - 55 * HOUR

/** One trade a minute, at 1000, 999, ... from the start of an hour on. */
const tradeEachMinute = async (symbol: string, minutes: number) => {
  const trades = Array.from({ length: minutes }, (_, i) => ({
    id: i + 1,
    t: FROM + i * MINUTE,
    price: 1000 - (i % 60),
    size: 1,
  }))
  for (let i = 0; i < minutes; i += 100) await floor.feed.market(symbol, trades.slice(i, i + 100))
}

it.each([
  ['2,890 minutes', 2890],
  ['as many as are kept at the most', 3120],
  ['one more, so that the oldest go', 3121],
  ['more still', 3275],
])('every candle of 5 m to 1 h is made of all its minutes: %s', async (_, minutes) => {
  const symbol = `WHOLE-${minutes}`
  await tradeEachMinute(symbol, minutes)
  for (const [interval, each] of [
    ['5m', 5],
    ['15m', 15],
    ['1h', 60],
  ] as const) {
    const candles = await candlesOf(symbol, interval)
    const [oldest] = candles
    expect(oldest).toMatchObject({ open: 1000, count: each, volume: each })
    expect(oldest?.t).toBeLessThanOrEqual(FROM + (minutes - Math.min(2880, 1500 * each)) * MINUTE)
    for (const { count } of candles.slice(0, -1)) expect(count).toBe(each)
  }
})

it('limits of a track go by time, not by arrival', async () => {
  const start = Date.now() - HOUR
  const fix = (n: number, seconds: number) => ({ id: 'LATE', n, t: start + seconds * 1000, lat: 30.2, lon: -97.7 })
  for (const [i, seconds] of [0, 10, 20, -60].entries()) await floor.feed.fix(fix(i + 1, seconds))
  const times = async (query: string) =>
    (await ask<TrackReply>(`/devices/LATE/track?${query}`)).fixes.map(({ t }) => (t - start) / 1000)
  expect(await times('limit=1')).toEqual([20])
  expect(await times('limit=3')).toEqual([0, 10, 20])
  expect(await times('')).toEqual([-60, 0, 10, 20])
  expect(await times(`since=${start + 10_000}`)).toEqual([10, 20])
  expect(await times(`since=${start + 20_001}`)).toEqual([])
})
