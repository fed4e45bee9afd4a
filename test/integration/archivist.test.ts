import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openFeed } from '../../feed/feed.ts'
import type { Fix } from '../../wire/fleet.ts'
import { MINUTE, type Trade } from '../../wire/market.ts'
import { deviceTopic, symbolTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { add, nothing, type Told, untilArchived } from '../support/archived.ts'
import { type Archives, ENGINES } from '../support/archives.ts'
import { mortal, removable, startArchivist } from '../support/archiving.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/feed.ts'
import { candlesOf, type Print } from '../support/oracle/market.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'
import type { RedisClient } from '../support/redis-client.ts'
import { installEverywhere, reloadEverywhere, untilServing } from '../support/redis-everywhere.ts'

let server: SingleRedis
let redis: RedisClient
let archives: Archives
beforeAll(async () => {
  server = await startSingleRedis()
  archives = await (ENGINES[0] as (typeof ENGINES)[number]).start()
  redis = server.client()
  await installEverywhere(redis)
})
afterAll(async () => {
  await archives.stop()
  await server.stop()
})

const HOUR = 60 * MINUTE
let id = 0
const trade = (t: number): Trade => ({ id: ++id, t, price: 100 + (id % 13) / 4, size: (id % 9) / 10, side: 'buy' })

/** Publishes for so long: trades and fixes, a part of them late. Ends once all of it was answered. */
const publish = async (told: Told, names: { symbols: string[]; devices: string[] }, ms: number): Promise<void> => {
  const feed = await openFeed(server.url, { say: () => {} })
  feed.describe(names.symbols.map((symbol) => ({ symbol, name: symbol })))
  const end = performance.now() + ms
  for (let round = 0; performance.now() < end; round++) {
    const now = Date.now()
    for (const [i, symbol] of names.symbols.entries()) {
      const own = [trade(now), trade(now - (round % 7 === i ? 5 * MINUTE + round : 0))]
      feed.trades(symbol, add(told.trades, symbol, own))
    }
    for (const [i, device] of names.devices.entries()) {
      const t = now - (round % 9 === i ? 300_000 + round : 0)
      const fix = { id: device, n: ++id, t, lat: 10 + id / 1e6, lon: 20 }
      feed.fixes(device, add(told.fixes, device, [fix]))
    }
    await sleep(5)
  }
  await feed.drained(0)
  await feed.stop()
}

const KILLED = 'killed at any moment, again and again, the next one goes on: nothing is lost, nothing is there twice'
test.for(ENGINES)(`${KILLED} ($name)`, async ({ name, start }) => {
  const own = await start()
  onTestFinished(own.stop)
  const archive = await own.open()
  const told = nothing()
  const names = {
    symbols: ['EACH', 'KILL-1', 'KILL-2'].map((symbol) => `${symbol}-${name}`),
    devices: ['K-1', 'K-2', 'K-3'].map((device) => `${device}-${name}`),
  }
  const publishing = publish(told, names, 2500)
  let ended = false
  void publishing.then(() => {
    ended = true
  })
  let kills = 0
  while (!ended) {
    const node = mortal(archive)
    const { close } = startArchivist(redis, node.archive)
    await sleep(20 + 30 * (kills % 7))
    node.kill()
    void close()
    kills++
  }
  await publishing
  const last = startArchivist(redis, archive)
  await untilArchived(archive, told)
  expect(kills).toBeGreaterThan(5)
  expect(await archive.devices()).toContainEqual({ id: `K-1-${name}`, name: `K-1-${name}`, group: 'other' })
  await last.close()
})

test('what a feed fills in late, nobody had seen in another way: it is no change', async () => {
  const archive = await archives.open()
  const { close } = startArchivist(redis, archive)
  const feed = createFeed(redis)
  await feed.describe('SLOW')
  const start = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
  await feed.market('SLOW', [trade(start), trade(start + 2 * MINUTE)])
  const minutes = () => archive.minutes(['SLOW'], 0, Number.MAX_SAFE_INTEGER, 100)
  await eventually('both', async () => (await minutes()).length === 2)
  await feed.market('SLOW', [trade(start + MINUTE), trade(start + 1)])
  const count = async () => (await minutes()).reduce((sum, { candle }) => sum + candle.count, 0)
  await eventually('the late ones', async () => (await count()) === 4)
  // All of it was history when it came: nobody has seen anything else.
  expect((await minutes()).filter((row) => row.changed !== undefined)).toEqual([])
  await close()
})

test('Redis begins another life in between, and forgets its counters', async () => {
  const archive = await archives.open()
  const told = nothing()
  const names = { symbols: ['EACH-2', 'LIFE'], devices: ['L-1'] }
  const { close } = startArchivist(redis, archive)
  for (let life = 0; life < 2; life++) {
    await publish(told, names, 500)
    const [before] = (await redis.hmget(topicKey(symbolTopic('LIFE')), 'epoch')) as string[]
    if (life === 1) break
    await server.kill()
    await sleep(100)
    await server.restart()
    await untilServing(redis)
    await reloadEverywhere(redis)
    await publish(told, names, 200)
    expect(await redis.hget(topicKey(symbolTopic('LIFE')), 'epoch')).not.toBe(before)
  }
  await untilArchived(archive, told)
  await close()
})

test('the archive is away for a while: it is told how near a loss is, and then all is made up for', async () => {
  const archive = await archives.open()
  const told = nothing()
  const names = { symbols: ['EACH-3', 'AWAY'], devices: ['A-1'] }
  const taken = removable(archive)
  const { close, figures } = startArchivist(redis, taken.archive)
  await publish(told, names, 200)
  await untilArchived(archive, told)
  taken.away(true)
  await publish(told, names, 1500)
  await eventually('it waits', () => figures().lag > 0.5)
  expect(figures().nearLoss).toBeGreaterThan(0)
  taken.away(false)
  await untilArchived(archive, told)
  await eventually('nothing waits', () => figures().lag === 0 && figures().nearLoss === 0)
  await eventually('it says up to when', async () => ((await archive.edge()) ?? 0) > Date.now() - 5000)
  await close()
})

test('a feed that fills in history, its newest stretch first, loses nothing; then Redis keeps what it needs', async () => {
  const archive = await archives.open()
  const feed = createFeed(redis)
  const timing = { turn: 10, lag: 30, settled: 4000, again: { first: 20, most: 200 } }
  const { close } = startArchivist(redis, archive, { timing })
  const told = nothing()
  const now = Date.now()
  await feed.describe('BACK')
  const trades: Trade[] = []
  told.trades.set('BACK', trades)
  const kept = async (): Promise<number[]> =>
    (await redis.hkeys(topicPart(symbolTopic('BACK'), '1m'))).map(Number).sort((a, b) => a - b)
  for (let back = 0; back < 10 * HOUR; back += HOUR / 4) {
    const stretch = Array.from({ length: 30 }, (_, i) => trade(now - back - HOUR / 4 + (i * HOUR) / 120))
    const live = trade(Date.now())
    trades.push(...stretch, live)
    await feed.market('BACK', stretch)
    await feed.market('BACK', [live])
    await sleep(30)
  }
  expect((await kept()).length).toBe(candlesOf(trades as Print[], MINUTE).length)
  await untilArchived(archive, told)
  await eventually('Redis drops what is archived', async () => ((await kept())[0] ?? 0) > now - 3 * HOUR)
  const newest = Math.max(...trades.map(({ t }) => t))
  expect((await kept())[0]).toBe(Math.floor((newest - HOUR) / HOUR) * HOUR)
  // What goes on goes on, and the archive keeps the rest.
  const more = [trade(Date.now()), trade(Date.now() - 20 * MINUTE)]
  trades.push(...more)
  expect(await feed.market('BACK', more)).toMatchObject([expect.any(Number), expect.any(String), 2, 0])
  await untilArchived(archive, told)
  await close()
})

test('of a track Redis keeps what is lately, and the archive all', async () => {
  const archive = await archives.open()
  const feed = createFeed(redis)
  const timing = { turn: 10, lag: 30, settled: 300, again: { first: 20, most: 200 } }
  const { close } = startArchivist(redis, archive, { timing })
  const now = Date.now()
  const fixes = Array.from({ length: 400 }, (_, i) => ({
    id: 'T-1',
    n: i + 1,
    t: now - (400 - i) * 10_000,
    lat: 1,
    lon: 1,
  }))
  await feed.register({ id: 'T-1' })
  for (let i = 0; i < 400; i += 100) await feed.device('T-1', fixes.slice(i, i + 100))
  const told: Told = { trades: new Map(), fixes: new Map([['T-1', fixes]]) }
  await untilArchived(archive, told)
  const past = topicPart(deviceTopic('T-1'), 'past')
  // One more than what is kept has to move it: nothing is dropped of a device that only just told old things.
  const next = { id: 'T-1', n: 401, t: now, lat: 1, lon: 1 }
  fixes.push(next)
  await sleep(400)
  await feed.device('T-1', [next])
  await eventually('Redis drops', async () => (await redis.zcard(past)) < 100)
  const [oldest = ''] = await redis.zrange(past, '0', '0')
  expect((JSON.parse(oldest) as Fix).t).toBeGreaterThanOrEqual(now - 610_000)
  // A phone that was in a tunnel tells the rest of it, twice: Redis has no place for it any more, and the archive has.
  const late = Array.from({ length: 300 }, (_, i) => ({ ...next, n: 500 + i, t: now - 1_000_000 + 1000 * i }))
  fixes.push(...late)
  for (const again of [late.slice(0, 150), late.slice(100, 250), late.slice(150)])
    expect(((await feed.device('T-1', again)) as unknown[]).slice(7)).toEqual(again.map((_, i) => `${i}:old`))
  await untilArchived(archive, told)
  expect(await redis.zcard(past)).toBeLessThan(100)
  await close()
})
