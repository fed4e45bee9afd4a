import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Archive } from '../../../archive/archive.ts'
import { createAsk } from '../../../server/archive/ask.ts'
import { pullDevice } from '../../../server/archive/device.ts'
import type { Pull, PullPorts } from '../../../server/archive/pull.ts'
import { pullRecord } from '../../../server/archive/record.ts'
import { pullRoom } from '../../../server/archive/room.ts'
import { pullSymbol } from '../../../server/archive/symbol.ts'
import { readCursors } from '../../../server/redis/cursors.ts'
import { publishFixes, publishMarket } from '../../../wire/calls.ts'
import { MINUTE, type Trade } from '../../../wire/market.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { ACCESS, deviceTopic, symbolTopic, type Topic, topicKey, topicKeys, topicPart } from '../../../wire/topics.ts'
import { type Archives, ENGINES } from '../../support/archives.ts'
import { candlesOf, type Print } from '../../support/oracle/market.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

let floor: Floor
let ports: PullPorts
let archives: Archives
let archive: Archive
const strange: string[] = []
beforeAll(async () => {
  floor = await startFloor()
  archives = await (ENGINES[0] as (typeof ENGINES)[number]).start()
  archive = await archives.open()
  ports = {
    ask: createAsk(floor.redis),
    archive,
    keepsTrades: (symbol) => symbol.startsWith('EACH'),
    shown: new Map(),
    unreadable: (key, why) => strange.push(`${key} ${why}`),
    rest: () => setImmediate(),
  }
})
afterAll(async () => {
  await archives.stop()
  await floor.stop()
})

const cursorOf = async (topic: Topic): Promise<Cursor> => {
  const [cursor] = await readCursors(floor.redis)([topic])
  if (!cursor) throw new Error(`${topic} is not there`)
  return cursor
}
/** Pulls a topic once, and writes what was pulled. */
const pull = async (kind: Pull, topic: Topic, mark: Cursor | null) => {
  const pulled = await kind(ports, topic, mark, await cursorOf(topic))
  await archive.write({ ...pulled.rows, marks: [{ topic, cursor: pulled.cursor, at: Date.now() }] })
  return pulled
}
const market = (symbol: string, ...trades: Trade[]) => floor.run(publishMarket(symbol, trades, []))

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE
let id = 0
const trade = (t: number, price = 100 + (++id % 7)): Trade => ({ id: ++id, t, price, size: (id % 9) / 10 })
const minutesOf = async (symbol: string) =>
  (await archive.minutes([symbol], 0, Number.MAX_SAFE_INTEGER, 1e6)).map(({ candle }) => candle)

test('of a symbol the minutes of its new trades are pulled, all of them at first', async () => {
  const symbol = floor.fresh('SYM')
  const topic = symbolTopic(symbol)
  const old = Array.from({ length: 50 }, (_, i) => trade(NOW - (60 - i) * MINUTE))
  await market(symbol, ...old)
  const first = await pull(pullSymbol, topic, null)
  expect(first.rows.minutes).toHaveLength(50)
  const fresh = [trade(NOW - 3 * MINUTE), trade(NOW - 20 * MINUTE), trade(NOW - 3 * MINUTE)]
  for (const each of fresh) await market(symbol, each)
  const second = await pull(pullSymbol, topic, first.cursor)
  expect(second).toMatchObject({ cursor: { seq: 4 }, more: false, times: { newest: NOW - 3 * MINUTE } })
  expect(second.rows.minutes?.map(({ candle }) => candle.t).sort()).toEqual([NOW - 20 * MINUTE, NOW - 3 * MINUTE])
  expect(second.rows.trades).toEqual([])
  expect(await minutesOf(symbol)).toEqual(candlesOf([...old, ...fresh] as Print[], MINUTE))
  // A quote numbers the topic too, and the log has none of it.
  await floor.run(publishMarket(symbol, [], [{ t: NOW, bid: 1, bidSize: 1, ask: 2, askSize: 1 }]))
  expect(await pull(pullSymbol, topic, second.cursor)).toMatchObject({ cursor: { seq: 5 }, rows: { minutes: [] } })
})

test('more than a page is pulled page by page, each trade once', async () => {
  const symbol = floor.fresh('EACH')
  const topic = symbolTopic(symbol)
  await market(symbol, trade(NOW - MINUTE))
  let { cursor } = await pull(pullSymbol, topic, null)
  const told = Array.from({ length: 450 }, (_, i) => trade(NOW - 3_600_000 + i * 1000))
  await floor.runAll(told.map((each) => publishMarket(symbol, [each], [])))
  let pages = 0
  for (let more = true; more; pages++) ({ cursor, more } = await pull(pullSymbol, topic, cursor))
  expect(pages).toBe(3)
  const kept = await archive.trades([symbol], 0, NOW - MINUTE, 1e6)
  expect(kept.map(({ trade: { id } }) => id)).toEqual(told.map(({ id }) => id))
})

test('a log that holds no more what is new: all minutes are pulled, and a hole of trades is told', async () => {
  const symbol = floor.fresh('EACH')
  const topic = symbolTopic(symbol)
  const first = trade(NOW - 7_200_000)
  await market(symbol, first)
  const { cursor } = await pull(pullSymbol, topic, null)
  const told = Array.from({ length: 1300 }, (_, i) => trade(NOW - 7_000_000 + i * 4000))
  await floor.runAll(told.map((each) => publishMarket(symbol, [each], [])))
  const pulled = await pull(pullSymbol, topic, cursor)
  expect(await minutesOf(symbol)).toEqual(candlesOf([first, ...told] as Print[], MINUTE))
  const [oldest] = (pulled.rows.trades ?? []).map(({ trade: { t } }) => t)
  expect(pulled.rows.gaps).toEqual([{ topic, from: first.t, to: oldest, why: expect.any(String) }])
  expect(await pull(pullSymbol, topic, pulled.cursor)).toMatchObject({ rows: { minutes: [] } })
})

test('a minute that a late trade changed says so, and what it was', async () => {
  const symbol = floor.fresh('LATE')
  const topic = symbolTopic(symbol)
  const start = NOW + 2 * MINUTE
  const inTime = [trade(start), trade(start + 1)]
  await market(symbol, ...inTime)
  const { cursor } = await pull(pullSymbol, topic, null)
  await market(symbol, trade(start + 2))
  const { rows } = await pull(pullSymbol, topic, cursor)
  const [before] = rows.minutes ?? []
  // The log says that Redis took the next one minutes later.
  const late = { ...trade(start + 3), price: 5000 }
  await market(symbol, late)
  const log = topicPart(topic, 'log')
  const [[entry, [, text]]] = (await floor.redis.xrevrange(log, '+', '-', 'COUNT', 1)) as [[string, [string, string]]]
  await floor.redis.xdel(log, entry)
  const at = start + 5 * MINUTE
  await floor.redis.xadd(log, entry.replace('-0', '-1'), 'u', text.replace(/"at":[\d.]+/, `"at":${at}.25`))
  const changed = await pullSymbol(ports, topic, { ...cursor, seq: 2 }, { ...cursor, seq: 3 })
  expect(changed.rows.minutes).toMatchObject([{ symbol, candle: { t: start, high: 5000 }, changed: at }])
  expect(changed.rows.minutes?.[0]?.seen).toEqual(before?.candle)
})

test('history that a feed fills in late is not taken for a change', async () => {
  const symbol = floor.fresh('HIST')
  const topic = symbolTopic(symbol)
  await market(symbol, trade(NOW))
  let { cursor } = await pull(pullSymbol, topic, null)
  for (const back of [1, 1, 2, 2]) {
    await market(symbol, trade(NOW - 3_600_000 * back))
    const { rows, cursor: next } = await pull(pullSymbol, topic, cursor)
    expect(rows.minutes?.filter((row) => row.changed !== undefined)).toEqual([])
    cursor = next
  }
})

test('of a device every fix is pulled with when it was heard, late and doubtful ones too; of its log all or all', async () => {
  const device = floor.fresh('van')
  const topic = deviceTopic(device)
  const fix = (n: number, t: number, lat = 30) => ({ id: device, n, t, lat, lon: 10, route: '7 Ö' })
  await floor.run(publishFixes(device, [fix(1, NOW - 60_000), fix(2, NOW - 50_000)]))
  const first = await pull(pullDevice, topic, null)
  expect(first.rows.fixes?.map(({ fix: { n } }) => n)).toEqual([1, 2])
  await floor.run(publishFixes(device, [fix(4, NOW - 30_000), fix(3, NOW - 40_000), fix(5, NOW - 29_000, 40)]))
  const second = await pull(pullDevice, topic, first.cursor)
  expect(second.rows.fixes?.map(({ fix: { n } }) => n)).toEqual([4, 3, 5])
  expect(second.rows.fixes?.[2]?.fix).toMatchObject({ doubtful: true, route: '7 Ö' })
  for (const { at } of second.rows.fixes ?? []) expect(Math.abs(at - Date.now())).toBeLessThan(120_000)
  expect(second.times).toEqual({ oldest: NOW - 40_000, newest: NOW - 29_000 })
  await floor.run(publishFixes(device, [fix(6, NOW - 20_000)]))
  await floor.redis.del(topicPart(topic, 'track'))
  const third = await pull(pullDevice, topic, second.cursor)
  expect(third.rows.fixes?.map(({ fix: { n } }) => n)).toEqual([1, 2, 3, 4, 5, 6])
  expect(third.rows.gaps).toEqual([])
})

test('a device that told more than its track holds has a gap', async () => {
  const device = floor.fresh('fast')
  const topic = deviceTopic(device)
  const fixes = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      id: device,
      n: from + i,
      t: NOW - 5_000_000 + (from + i) * 1000,
      lat: 1,
      lon: 1,
    }))
  await floor.run(publishFixes(device, fixes(1, 11)))
  const { cursor } = await pull(pullDevice, topic, null)
  for (let n = 11; n < 3011; n += 100) await floor.run(publishFixes(device, fixes(n, n + 100)))
  await floor.redis.del(topicPart(topic, 'track'))
  const { rows } = await pull(pullDevice, topic, cursor)
  const [oldest] = (rows.fixes ?? []).map(({ fix: { t } }) => t)
  expect(rows.gaps).toMatchObject([{ topic, from: NOW - 5_000_000 + 10_000 }])
  expect((rows.gaps?.[0]?.to ?? 0) <= (oldest ?? 0)).toBe(true)
})

test('of a room new messages are pulled, and changed ones as they are', async () => {
  const topic = `m:${floor.fresh('room')}` as Topic
  const keys = topicKeys(topic)
  const say = (text: string, key: string) =>
    floor.run({ name: 'wf1_say', keys, args: ['ann', 'Ann', key, text, '', ''] })
  await say('one', 'a')
  await say('two', 'b')
  const first = await pull(pullRoom, topic, null)
  expect(first.rows.messages?.map(({ message }) => message.text)).toEqual(['one', 'two'])
  await say('three', 'c')
  await floor.run({ name: 'wf1_edit', keys, args: ['ann', 1, 'uno', ''] })
  await floor.run({ name: 'wf1_typing', keys, args: ['ann', 'Ann'] })
  const second = await pull(pullRoom, topic, first.cursor)
  expect(second.rows.messages?.map(({ message: { n, text } }) => [n, text]).sort()).toEqual([
    [1, 'uno'],
    [3, 'three'],
  ])
  expect(await archive.messages(topic, Number.MAX_SAFE_INTEGER, 10)).toMatchObject([
    { text: 'uno' },
    { text: 'two' },
    { text: 'three' },
  ])
  expect(await pull(pullRoom, topic, second.cursor)).toMatchObject({ rows: { messages: [] } })
})

test('of the record its new lines are pulled', async () => {
  const record = (about: string) =>
    floor.run({ name: 'wf1_record', keys: topicKeys(ACCESS), args: ['ann', 'shared', about] })
  expect(await pullRecord(ports, 0)).toBeNull()
  for (const about of ['one', 'two']) await record(about)
  const pulled = await pullRecord(ports, 0)
  expect(pulled).toMatchObject({
    cursor: { seq: 2 },
    more: false,
    rows: { record: [{ about: 'one' }, { about: 'two' }] },
  })
  await record('three')
  expect((await pullRecord(ports, 2))?.rows.record).toMatchObject([
    { n: 3, who: 'ann', what: 'shared', about: 'three' },
  ])
})

test('what the library never wrote is told and left out', async () => {
  const symbol = floor.fresh('ODD')
  const topic = symbolTopic(symbol)
  await market(symbol, trade(NOW), trade(NOW - MINUTE))
  await floor.redis.hset(topicPart(topic, '1m'), String(NOW), 'none')
  const { rows, cursor } = await pull(pullSymbol, topic, null)
  expect(rows.minutes?.map(({ candle }) => candle.t)).toEqual([NOW - MINUTE])
  await floor.redis.xadd(topicPart(topic, 'log'), '2-0', 'u', 'nothing')
  await floor.redis.hset(topicKey(topic), 'seq', 2)
  expect(await pull(pullSymbol, topic, cursor)).toMatchObject({ cursor: { seq: 2 }, rows: { minutes: [] } })
  expect(strange).toHaveLength(2)
})

test('fixes too late for the track come by the log, also where all that Redis has is pulled', async () => {
  const device = floor.fresh('tunnel')
  const topic = deviceTopic(device)
  const fix = (n: number, t: number) => ({ id: device, n, t, lat: 1, lon: 1 })
  await floor.redis.hset(topicKey(topic), 'since', String(NOW))
  await floor.run(publishFixes(device, [fix(1, NOW)]))
  const first = await pull(pullDevice, topic, null)
  const late = fix(3, NOW - 2000)
  await floor.run(publishFixes(device, [fix(2, NOW + 1), late]))
  // It says nothing of how far back a feed is.
  const second = await pull(pullDevice, topic, first.cursor)
  expect(second).toMatchObject({ rows: { fixes: [{ fix: { n: 2 } }, { fix: late }] }, times: { oldest: NOW + 1 } })
  const whole = await pull(pullDevice, topic, null)
  expect(whole.rows.fixes?.map(({ fix: { n } }) => n)).toEqual([1, 2, 3])
  const rows = await archive.track({ device, from: 0, to: NOW + 1, limit: 10 })
  expect(rows.map(({ fix: { n } }) => n)).toEqual([3, 1, 2])
})
