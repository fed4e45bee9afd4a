import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { createMinutes } from '../../archive/tool/import/minutes.ts'
import type { Fix } from '../../wire/fleet.ts'
import { type Candle, MINUTE, type Trade } from '../../wire/market.ts'
import { runArchive } from '../support/archive-tool.ts'
import { createFeed } from '../support/feed.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { installEverywhere } from '../support/redis-everywhere.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-verify-'))
const url = `sqlite:${join(folder, 'archive.db')}`
let redis: TestRedis
let archive: Archive

beforeAll(async () => {
  redis = await startRedis()
  await installEverywhere(redis.client())
  archive = await openArchive(url)
})
afterAll(async () => {
  await archive?.close()
  await redis?.stop()
  rmSync(folder, { recursive: true })
})

const start = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE
const trades: Trade[] = Array.from({ length: 200 }, (_, i) => ({
  id: i + 1,
  t: start + i * 4000,
  price: 10 + (i % 7) / 10,
  size: 0.1,
}))
const fixes: Fix[] = Array.from({ length: 50 }, (_, i) => ({
  id: 'VAN 1',
  n: i + 1,
  t: start + i * 5000,
  lat: 30.2 + i / 10_000,
  lon: -97.7,
  speed: 2.5,
  readings: { fuel: i / 2 },
}))
const minutesOf = (all: readonly Trade[]): Candle[] => {
  const candles: Candle[] = []
  const minutes = createMinutes((_, candle) => candles.push(candle))
  for (const trade of all) minutes.add('A', trade)
  minutes.end()
  return candles
}
const verify = () => runArchive(url, ['verify'], { REDIS_URL: redis.url })

it('says what of Redis the archive lacks, or has otherwise, before its edge, and is content once it has all', async () => {
  const feed = createFeed(redis.client())
  await feed.describe('A')
  await feed.market('A', trades)
  await feed.device('VAN 1', fixes)
  expect(await verify()).toMatchObject({ code: 1, last: expect.stringMatching(/^Nothing is archived of a floor yet/) })

  const minutes = minutesOf(trades).map((candle) => ({ symbol: 'A', candle }))
  const rows = fixes.map((fix) => ({ fix, at: fix.t }))
  // Its edge says that it has all of the time before now: so nothing is waited for.
  const edge = Date.now() + 3_600_000
  const [, second, third, ...others] = minutes
  if (!second || !third) throw new Error('too few minutes')
  const wrong = { ...third, candle: { ...third.candle, close: 99 } }
  await archive.write({ minutes: [second, wrong, ...others], fixes: rows.slice(1), edge })
  const { code, out } = await verify()
  expect(code).toBe(1)
  expect(out).toMatch(/^1 symbols, 14 minutes: 2 missing or different\.$/m)
  expect(out).toMatch(/^1 devices, 50 fixes: 1 missing or different\.$/m)
  expect(out).toContain(`  A ${new Date(start).toISOString()}: the minute is missing, with 15 trades\n`)
  expect(out).toMatch(/"close":99.*instead of/)
  expect(out).toContain(`  VAN 1 ${new Date(start).toISOString()} number 1: the fix is missing\n`)

  await archive.write({ minutes, fixes: rows, edge })
  const whole = await verify()
  expect(whole.out).toMatch(/^1 symbols, 14 minutes: all there\.\n1 devices, 50 fixes: all there\.$/m)
  expect(whole.code).toBe(0)
})
