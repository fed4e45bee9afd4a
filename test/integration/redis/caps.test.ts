import { afterAll, beforeAll, expect, test } from 'vitest'
import { MOST_ITEMS, publishFixes, publishMarket } from '../../../wire/calls.ts'
import type { DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { MINUTE, type SymbolSnapshot, type Trade } from '../../../wire/market.ts'
import { deviceTopic, symbolTopic, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number, t = BASE): Trade => ({ id, t, price: 10, size: 1 })

const minutesOf = async (symbol: string): Promise<number[]> =>
  (await floor.redis.hkeys(topicPart(symbolTopic(symbol), '1m'))).map(Number).sort((a, b) => a - b)

const HOUR = 60 * MINUTE
const hourOf = (t: number): number => t - (t % HOUR)
/** A trade in each of `count` minutes from `from` on, numbered from `id`. */
const run = (from: number, count: number, id = 1): Trade[] =>
  Array.from({ length: count }, (_, i) => trade(id + i, from + i * MINUTE))
const send = async (symbol: string, trades: readonly Trade[], size = 100) => {
  const told = { accepted: 0, repeats: 0, old: 0 }
  for (let i = 0; i < trades.length; i += size) {
    const reply = toReply(await floor.run(publishMarket(symbol, trades.slice(i, i + size), [])))
    told.accepted += reply.accepted
    told.repeats += reply.repeats
    told.old += reply.rest.filter((text) => /^\d+:old$/.test(text)).length
    expect(reply.accepted + reply.repeats + reply.rest.length).toBe(Math.min(size, trades.length - i))
  }
  return told
}
const FROM = hourOf(BASE - 5000 * MINUTE) + 17 * MINUTE

test('of the minute candles the newest 2,880 are kept, and of the hour before them all or none', async () => {
  const symbol = floor.fresh('OLD')
  for (const count of [2880, 2980, 3120, 3121, 3900]) {
    const sent = run(FROM, count)
    await send(symbol, sent)
    const kept = await minutesOf(symbol)
    const oldest = kept[0] ?? 0
    expect(kept).toEqual(sent.slice(-kept.length).map(({ t }) => t))
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(count, 2880))
    expect(kept.length).toBeLessThanOrEqual(2880 + 240)
    if (oldest !== FROM) expect(oldest).toBe(hourOf(oldest))
  }
})

test('what is older than all candles that are kept is old, however it comes, and all that is accepted is in a candle', async () => {
  for (const order of ['up', 'down', 'any'] as const) {
    const symbol = floor.fresh('OLD')
    const all = run(FROM, 3600)
    if (order === 'down') all.reverse()
    if (order === 'any') all.sort((a, b) => ((a.id * 7919) % 3600) - ((b.id * 7919) % 3600))
    // As many as there is room for, at once; then one by one.
    const first = all.slice(0, 3100)
    expect(await send(symbol, first)).toEqual({ accepted: first.length, repeats: 0, old: 0 })
    const taken = [...first]
    for (const one of all.slice(first.length)) {
      const reply = toReply(await floor.run(publishMarket(symbol, [one], [])))
      const kept = await floor.redis.hexists(topicPart(symbolTopic(symbol), '1m'), String(one.t))
      expect([reply.accepted, kept], `${order} ${one.id}`).toEqual(reply.rest[0] === '0:old' ? [0, 0] : [1, 1])
      if (reply.accepted) taken.push(one)
    }
    expect(taken.length < all.length).toBe(order !== 'up')
    const again = await send(symbol, all)
    const since = Math.min(...(await minutesOf(symbol)))
    expect([again.accepted, again.repeats + again.old]).toEqual([0, all.length])
    expect(again.repeats).toBeGreaterThanOrEqual(taken.filter(({ t }) => t >= since).length)
  }
})

test('trades of an older day after a newer one: candles, day and previous close are those of all trades', async () => {
  const symbol = floor.fresh('DAY')
  const day = BASE - (BASE % (24 * HOUR))
  const monday = run(day - 24 * HOUR, 600).map((one, i) => ({ ...one, id: one.t * 1000, price: 1000 - i }))
  const tuesday = run(day, 600).map((one, i) => ({ ...one, id: one.t * 1000, price: 2000 + i }))
  expect(await send(symbol, tuesday)).toEqual({ accepted: 600, repeats: 0, old: 0 })
  expect(await send(symbol, monday)).toEqual({ accepted: 600, repeats: 0, old: 0 })
  expect(await send(symbol, [...monday, ...tuesday])).toEqual({ accepted: 0, repeats: 1200, old: 0 })
  const { snapshot } = await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))
  expect(snapshot).toMatchObject({
    last: tuesday.at(-1),
    day: { open: 2000, close: 2599, count: 600, volume: 600 },
    prev: { price: 401 },
  })
  expect(await minutesOf(symbol)).toEqual([...monday, ...tuesday].map(({ t }) => t))
})

test('ten times 0.1 is a volume of 1, in whatever parts it comes', async () => {
  for (const size of [1, 3, 10]) {
    const symbol = floor.fresh('SUM')
    const tenths = Array.from({ length: 10 }, (_, i) => ({ ...trade(i + 1, BASE), size: 0.1 }))
    await send(symbol, tenths, size)
    const { snapshot } = await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))
    expect([snapshot.day?.volume, snapshot.candle?.volume]).toEqual([1, 1])
  }
})

test('more new minutes in a row of full calls than are kept are no trouble', async () => {
  const symbol = floor.fresh('FAR')
  const trades = run(FROM - 12_000 * MINUTE, 12_000)
  expect(await send(symbol, trades, MOST_ITEMS)).toEqual({ accepted: 12_000, repeats: 0, old: 0 })
  const kept = await minutesOf(symbol)
  expect(kept.length).toBeGreaterThanOrEqual(2880)
  expect(kept).toEqual(trades.slice(-kept.length).map(({ t }) => t))
})

test('the log keeps the newest thousand updates, not many more, and a cursor before them gets a snapshot', async () => {
  const symbol = floor.fresh('LOG')
  const topic = symbolTopic(symbol)
  const total = 1500
  const calls = Array.from({ length: total }, (_, i) => publishMarket(symbol, [trade(i + 1, BASE + i)], []))
  const [reply] = (await floor.runAll(calls)).slice(-1).map(toReply)
  const epoch = reply?.epoch ?? ''
  const entries = await floor.redis.xrange(topicPart(topic, 'log'), '-', '+')
  expect(entries.length).toBeGreaterThanOrEqual(1000)
  expect(entries.length).toBeLessThan(1200)
  const oldest = Number.parseInt(entries[0]?.[0] ?? '', 10)
  expect(entries.map(([id]) => id)).toEqual(entries.map((_, i) => `${oldest + i}-0`))
  expect(entries.at(-1)?.[0]).toBe(`${total}-0`)

  const kept = await floor.read(topic, { epoch, seq: oldest - 1 })
  if (kept.kind !== 'replay') throw new Error(`a ${kept.kind} where all is in the log`)
  expect(kept.updates.map(({ seq }) => seq)).toEqual(entries.map((_, i) => oldest + i))
  expect(kept.updates.every(({ after }) => after === undefined)).toBe(true)
  for (const seq of [oldest - 2, 1, 0]) {
    const answer = await floor.read(topic, { epoch, seq })
    expect(answer).toMatchObject({
      kind: 'snapshot',
      cursor: { epoch, seq: total },
      snapshot: { day: { count: total } },
    })
  }
})

const fixAt = (id: string, n: number, t = BASE + n * 1000) => ({ id, n, t, lat: 1, lon: 1 })
const trackOf = async (id: string) =>
  (await floor.redis.zrange(topicPart(deviceTopic(id), 'past'), '0', '-1')).map((text) => JSON.parse(text) as Fix)

test('a track keeps the newest two thousand fixes by time, whatever comes late; older ones are old', async () => {
  const id = floor.fresh('long')
  const newest = Array.from({ length: 2000 }, (_, i) => fixAt(id, 10_000 + i))
  const older = Array.from({ length: 700 }, (_, i) => fixAt(id, 1 + i))
  await floor.runAll(newest.map((fix) => publishFixes(id, [fix])))
  const replies = (await floor.runAll(older.toReversed().map((fix) => publishFixes(id, [fix])))).map(toReply)
  const taken = replies.filter(({ accepted }) => accepted === 1).length
  expect(taken).toBe(100)
  expect(replies.slice(0, 100).every(({ accepted }) => accepted === 1)).toBe(true)
  expect(replies.slice(100).every(({ rest }) => rest[3] === '0:old')).toBe(true)
  expect((await trackOf(id)).slice(-2000)).toEqual(newest)
  expect(await floor.redis.ttl(topicPart(deviceTopic(id), 'past'))).toBeGreaterThan(86_000)
  for (const again of await floor.runAll(newest.map((fix) => publishFixes(id, [fix]))))
    expect(toReply(again)).toMatchObject({ accepted: 0, repeats: 1 })
})

test('what went from the track is not taken again, and whatever else is not newer than it is old', async () => {
  const id = floor.fresh('gone')
  const all = Array.from({ length: 2101 }, (_, i) => fixAt(id, 2 * i + 2, BASE + i * 1000))
  for (let i = 0; i < all.length; i += 100) await floor.run(publishFixes(id, all.slice(i, i + 100)))
  const kept = await trackOf(id)
  const gone = all.slice(0, -kept.length)
  expect(gone.length).toBe(100)
  const others = gone.map((fix) => ({ ...fix, n: fix.n - 1 }))
  expect(toReply(await floor.run(publishFixes(id, gone))).accepted).toBe(0)
  expect(toReply(await floor.run(publishFixes(id, others))).rest.slice(3)).toEqual(others.map((_, i) => `${i}:old`))
  expect(await trackOf(id)).toEqual(kept)
})

test('the log of a device keeps the newest thousand updates, and a cursor before them gets a snapshot', async () => {
  const id = floor.fresh('long')
  const topic = deviceTopic(id)
  const total = 1500
  const replies = await floor.runAll(Array.from({ length: total }, (_, i) => publishFixes(id, [fixAt(id, i + 1)])))
  const epoch = toReply(replies.at(-1)).epoch
  const entries = await floor.redis.xrange(topicPart(topic, 'track'), '-', '+')
  expect(entries.length).toBeGreaterThanOrEqual(1000)
  expect(entries.length).toBeLessThan(1200)
  expect(await floor.redis.ttl(topicPart(topic, 'track'))).toBeGreaterThan(86_000)
  const oldest = total - entries.length + 1
  const kept = await floor.read(topic, { epoch, seq: oldest - 1 })
  expect(kept).toMatchObject({ kind: 'replay', cursor: { epoch, seq: total } })
  expect((await floor.read(topic, { epoch, seq: oldest - 2 })).kind).toBe('snapshot')
})

test('a backlog that was held back is taken whole, by time in microseconds, newest first and oldest first', async () => {
  for (const order of ['newest first', 'oldest first']) {
    const id = floor.fresh('held')
    const at = (seconds: number) => fixAt(id, (BASE + seconds * 1000) * 1000, BASE + seconds * 1000)
    const live = Array.from({ length: 20 }, (_, i) => at(i * 10))
    const backlog = Array.from({ length: 100 }, (_, i) => at(200 + i * 10))
    if (order === 'newest first') backlog.reverse()
    const sent = [...live, at(2000), ...backlog]
    const replies = (await floor.runAll(sent.map((fix) => publishFixes(id, [fix])))).map(toReply)
    expect(replies.every(({ accepted, repeats }) => accepted === 1 && repeats === 0)).toBe(true)
    expect(await trackOf(id)).toEqual(sent.toSorted((a, b) => a.t - b.t))
    const { snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(id))
    expect(snapshot.last).toEqual(at(2000))
  }
})
