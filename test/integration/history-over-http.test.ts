import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import type { CandlesReply, DevicesReply, SymbolsReply, TrackReply } from '../../wire/api.ts'
import { coarsen, foldTrade, intervalStart } from '../../wire/candles.ts'
import type { Fix } from '../../wire/fleet.ts'
import { type Candle, INTERVALS, type Interval, MINUTE, type Trade } from '../../wire/market.ts'
import type { AreaReply, CompleteReply, FleetReply, PastReply, SlicesReply } from '../../wire/past.ts'
import { createFeed } from '../support/feed.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'

/** A floor of which Redis has the last hours, and a real archive all but the last one. */
let redis: SingleRedis
let node: TestNode
let away: TestNode
let archive: Archive
let folder: string

const HOUR = 60 * MINUTE
const NOW = intervalStart(Date.now(), HOUR)
const FROM = NOW - 60 * HOUR
/** One trade in most minutes of sixty hours. */
const trades: Trade[] = Array.from({ length: 3600 }, (_, i) => i)
  .filter((i) => i % 11 > 2)
  .map((i) => ({ id: i + 1, t: FROM + i * MINUTE + (i % 50) * 1000, price: 100 + (i % 13), size: 1 + (i % 3) }))
const fixes: Fix[] = Array.from({ length: 3600 }, (_, i) => ({
  id: 'BUS',
  n: i + 1,
  t: FROM + i * MINUTE,
  lat: 30.2 + 0.05 * Math.sin(i / 40),
  lon: -97.7 + 0.05 * Math.cos(i / 40),
  speed: 5,
}))
const SEAM = NOW - 7 * HOUR + 17 * MINUTE
const ARCHIVED_UNTIL = NOW - HOUR
const foldAll = (some: readonly Trade[], length: number): Candle[] => {
  const minutes = some.map((trade) => foldTrade(null, trade, MINUTE))
  return coarsen(minutes, length)
}

const FREE = { HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1' }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-past-'))
  redis = await startSingleRedis()
  const url = `sqlite:${join(folder, 'archive.db')}`
  const start = (ARCHIVE_URL: string) => startNode({ redisUrl: redis.url, env: { ...FREE, ARCHIVE_URL } })
  ;[node, away] = await Promise.all([start(url), start('postgres://nobody@127.0.0.1:9/none')])
  archive = await openArchive(url)
  const old = trades.filter(({ t }) => t < ARCHIVED_UNTIL)
  await archive.write({
    minutes: foldAll(old, MINUTE).map((candle) => ({ symbol: 'AAPL', candle })),
    trades: old.map((trade) => ({ symbol: 'AAPL', trade, at: trade.t })),
    fixes: fixes
      .filter(({ t }) => t < ARCHIVED_UNTIL)
      .map((fix, i) => ({ fix, at: fix.t + (i % 100 === 7 ? HOUR : 0) })),
    devices: [{ id: 'BUS', name: 'Bus', group: 'other' }],
    edge: ARCHIVED_UNTIL,
  })
  const feed = createFeed(redis.client())
  await feed.describe('AAPL')
  const held = trades.filter(({ t }) => t >= SEAM)
  for (let i = 0; i < held.length; i += 100) await feed.market('AAPL', held.slice(i, i + 100))
  for (const fix of fixes.filter(({ t }) => t >= NOW - 2 * HOUR)) await feed.fix(fix)
})
afterAll(async () => {
  await Promise.all([node?.stop(), away?.stop()])
  await archive?.close()
  await redis?.stop()
  await rm(folder, { recursive: true, force: true })
})

const ask = async <T>(path: string, of = node): Promise<T> => (await (await fetch(`${of.url}/api/${path}`)).json()) as T
const statusOf = async (path: string, of = node): Promise<number> => (await fetch(`${of.url}/api/${path}`)).status
const candles = (query: string, of = node) => ask<CandlesReply>(`symbols/AAPL/candles?limit=1500&${query}`, of)

test.each(Object.keys(INTERVALS) as Interval[])('%s candles have no seam, a page after the other', async (interval) => {
  const whole = foldAll(trades, INTERVALS[interval])
  expect((await candles(`interval=${interval}`)).candles).toEqual(whole.slice(-1500))
  const back: Candle[] = []
  for (let before = NOW + 1; ; before = back[0]?.t ?? 0) {
    const page = (await ask<CandlesReply>(`symbols/AAPL/candles?interval=${interval}&before=${before}&limit=700`))
      .candles
    back.unshift(...page)
    if (page.length === 0) break
  }
  expect(back).toEqual(whole)
  const after = whole[Math.floor(whole.length / 2)]?.t ?? 0
  const next = (await candles(`interval=${interval}&after=${after}`)).candles
  expect(next).toEqual(whole.filter(({ t }) => t > after).slice(0, 1500))
})

test('a track has no seam, by number and by time, and a way of days is simplified', async () => {
  const track = (query: string) => ask<TrackReply>(`devices/BUS/track?${query}`)
  expect((await track('limit=2000')).fixes).toEqual(fixes.slice(-2000))
  const until = NOW - 90 * MINUTE
  const [from, to] = [NOW - 3 * HOUR, until]
  const between = fixes.filter(({ t }) => t >= from && t <= to)
  expect((await track(`since=${from}&until=${to}`)).fixes).toEqual(between)
  const all = await track(`since=0&zoom=10`)
  expect(all.fixes.length).toBeLessThan(1500)
  expect([all.fixes[0]?.n, all.fixes.at(-1)?.n, all.zoom]).toEqual([1, 3600, 10])
})

test('all is as of a moment: candles, the list of symbols and of devices, the track, the fleet', async () => {
  const at = NOW - 20 * HOUR + 12_345
  const until = trades.filter(({ t }) => t <= at)
  expect((await candles(`interval=1h&at=${at}`)).candles).toEqual(foldAll(until, HOUR))
  const { symbols } = await ask<SymbolsReply>(`symbols?at=${at}`)
  expect(symbols[0]).toMatchObject({ symbol: 'AAPL', last: until.at(-1), quote: null })
  const known = fixes.filter(({ t }) => t <= at)
  const { devices } = await ask<DevicesReply>(`devices?at=${at}`)
  expect(devices.map(({ id, last }) => [id, last])).toEqual([['BUS', known.at(-1)]])
  expect((await ask<FleetReply>(`past/fleet?at=${at}`)).fixes).toEqual([known.at(-1)])
  expect((await ask<TrackReply>(`devices/BUS/track?at=${at}&limit=50`)).fixes).toEqual(known.slice(-50))
  const late = known.slice(-300).filter(({ n }) => n % 100 === 8)
  const seen = await ask<TrackReply>(`devices/BUS/track?at=${at}&as=seen&since=${known.at(-30)?.t}`)
  expect(seen.fixes).toEqual(known.slice(-30).filter(({ n, t }) => n % 100 !== 8 || t + HOUR <= at))
  expect((await ask<TrackReply>(`devices/BUS/track?at=${at}&limit=300`)).late).toEqual(late.map(({ n }) => n))
})

test('tells what there is, when, where, and since when', async () => {
  const { archive: is, from } = await ask<PastReply>('past')
  expect([is, (from ?? 0) <= FROM]).toEqual(['up', true])
  const { market, fleet } = await ask<SlicesReply>(`past/slices?from=${FROM}&to=${ARCHIVED_UNTIL}`)
  expect([market.length, fleet.length]).toEqual([354, 354])
  const area = '-97.71,30.24,-97.69,30.26'
  const { devices } = await ask<AreaReply>(`past/area?area=${area}&from=${FROM}&to=${FROM + 10 * HOUR}`)
  const there = fixes.filter(({ lat, lon, t }) => lat >= 30.24 && Math.abs(lon + 97.7) <= 0.01 && t < FROM + 10 * HOUR)
  expect(devices).toEqual([{ id: 'BUS', first: there[0], last: there.at(-1) }])
  expect(await ask<CompleteReply>('symbols/AAPL/complete')).toMatchObject({ gaps: [] })
})

test('while the archive is away there is what Redis holds, and it is said that it is not all', async () => {
  const { candles: shown, partial } = await candles('interval=1m', away)
  expect([shown.length, partial]).toEqual([trades.filter(({ t }) => t >= SEAM).length, true])
  expect((await ask<TrackReply>('devices/BUS/track?limit=5', away)).fixes).toEqual(fixes.slice(-5))
  expect(await ask<PastReply>('past', away)).toEqual({ archive: 'down', from: null, edge: null })
  for (const path of ['past/fleet?at=1', 'symbols/AAPL/complete', 'symbols?at=1', 'symbols/NONE/candles'])
    expect([path, await statusOf(path, away)]).toEqual([path, 503])
  expect(await statusOf('symbols/NONE/candles')).toBe(404)
})
