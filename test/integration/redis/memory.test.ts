import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeSymbol, leaveCell, placeInCell, publishFixes, publishMarket } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { CellSnapshot, DeviceSnapshot } from '../../../wire/fleet.ts'
import { MINUTE, type SymbolSnapshot } from '../../../wire/market.ts'
import { cellTopic, deviceTopic, symbolTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

// The library remembers what it decoded of a topic. Here Redis says something else meanwhile: Redis is right.

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number, minute = 0) => ({ id, t: BASE + minute * MINUTE + id, price: 10 + id, size: 1 })
const send = async (symbol: string, ...trades: ReturnType<typeof trade>[]) =>
  toReply(await floor.run(publishMarket(symbol, trades, [])))
const dayOf = async (symbol: string) =>
  (await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))).snapshot.day ?? undefined

test('a topic that was put back to an earlier state goes on from there', async () => {
  const symbol = floor.fresh('BACK')
  const key = topicKey(symbolTopic(symbol))
  await send(symbol, trade(1))
  const earlier = await floor.redis.dumpBuffer(key)
  const { epoch } = await send(symbol, trade(2))
  await floor.redis.restore(key, 0, earlier ?? '', 'REPLACE')
  expect(await send(symbol, trade(2), trade(3))).toMatchObject({ seq: 2, epoch, accepted: 2, repeats: 0 })
  expect(await dayOf(symbol)).toMatchObject({ count: 3, open: 11, close: 13 })
})

test('a topic that is gone begins anew', async () => {
  const [symbol, id] = [floor.fresh('GONE'), floor.fresh('gone')]
  const fix = { id, n: 1, t: BASE, lat: 1, lon: 1 }
  const before = [await send(symbol, trade(1)), toReply(await floor.run(publishFixes(id, [fix])))]
  for (const [topic, ...parts] of [
    [symbolTopic(symbol), 'log', '1m', 'seen'],
    [deviceTopic(id), 'track', 'past', 'seen'],
  ] as const)
    await floor.redis.del(topicKey(topic), ...parts.map((part) => topicPart(topic, part)))
  const after = [await send(symbol, trade(1)), toReply(await floor.run(publishFixes(id, [fix])))]
  for (const [i, reply] of after.entries()) {
    expect(reply).toMatchObject({ seq: 1, accepted: 1, repeats: 0 })
    expect(reply.epoch).not.toBe(before[i]?.epoch)
  }
})

test('a call that fails half-way leaves nothing behind that the next one believes', async () => {
  const symbol = floor.fresh('HALF')
  const minutes = topicPart(symbolTopic(symbol), '1m')
  await send(symbol, trade(1))
  const candles = await floor.redis.hgetall(minutes)
  await floor.redis.set(minutes, 'no hash')
  // The first trade is folded before the candle of the second is looked for.
  await expect(send(symbol, trade(2), trade(3, 1))).rejects.toThrow('WRONGTYPE')
  await floor.redis.del(minutes)
  await floor.redis.hset(minutes, candles)
  expect(await send(symbol, trade(2), trade(3, 1))).toMatchObject({ seq: 2, accepted: 2, repeats: 0 })
  expect(await dayOf(symbol)).toMatchObject({ count: 3, volume: 3, high: 13 })
  const counts = Object.values(await floor.redis.hgetall(minutes)).map((text) => JSON.parse(text).count)
  expect(counts.sort()).toEqual([1, 2])
})

test('a symbol that is described between two trades keeps its state', async () => {
  const symbol = floor.fresh('NAMED')
  const [describe] = describeSymbol(symbol, 'A name')
  await send(symbol, trade(1))
  if (describe) await floor.run(describe)
  expect(await send(symbol, trade(1), trade(2))).toMatchObject({ seq: 2, accepted: 1, repeats: 1 })
  expect(await dayOf(symbol)).toMatchObject({ count: 2, open: 11 })
})

test('a device that was reaped is in no cell for the library either', async () => {
  const id = floor.fresh('reaped')
  const fix = (n: number) => ({ id, n, t: BASE + n * 1000, lat: 1, lon: 1 })
  await floor.run(publishFixes(id, [fix(1)]))
  const reap = { name: 'wf1_reap', keys: [topicKey(deviceTopic(id))], args: [0] }
  expect(await floor.run(reap)).toHaveLength(3)
  expect(toReply(await floor.run(publishFixes(id, [fix(1)]))).rest[1]).toBe('')
  await floor.run(publishFixes(id, [fix(2)]))
  const { snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(id))
  expect(snapshot).toMatchObject({ last: fix(2), cell: expect.stringMatching(/^other\/[0-3]{13}$/) })
})

test('what a cell shows is what Redis says: put back to an earlier state, left, or emptied by hand', async () => {
  const [id, lat, lon] = [floor.fresh('shown'), 13.01, 35.01]
  const cell = cellOf(lat, lon)
  const keys = [topicKey(cellTopic(cell)), topicPart(cellTopic(cell), 'fix')] as const
  const fix = (n: number) => ({ id, n, t: BASE + n * 1000, lat, lon })
  const place = async (n: number) => {
    const [text = ''] = toReply(await floor.run(publishFixes(id, [fix(n)]))).rest
    return await floor.run(placeInCell(cell, [text]))
  }
  const shown = async () => (await floor.snapshot<CellSnapshot>(cellTopic(cell))).snapshot.fixes
  expect(await place(1)).toMatchObject({ 0: 1, 2: 1 })
  const earlier = await Promise.all(keys.map((key) => floor.redis.dumpBuffer(key)))
  expect(await place(2)).toMatchObject({ 0: 2, 2: 1 })
  for (const [i, key] of keys.entries()) await floor.redis.restore(key, 0, earlier[i] ?? '', 'REPLACE')
  expect(await place(2)).toMatchObject({ 0: 2, 2: 1 })
  expect(await place(2)).toMatchObject({ 0: 2, 2: 0 })
  expect(await floor.run(leaveCell(cell, id, fix(2).t, 2, ''))).toMatchObject({ 0: 3, 2: 1 })
  expect(await place(2)).toMatchObject({ 0: 4, 2: 1 })
  await floor.redis.del(keys[1])
  expect(await place(2)).toMatchObject({ 0: 5, 2: 1 })
  expect(await shown()).toEqual([fix(2)])
})

test('what is checked by memory is checked as well as by itself: keys of another topic, or too few', async () => {
  const symbol = floor.fresh('KEYS')
  await send(symbol, trade(1))
  const call = publishMarket(symbol, [trade(2)], [])
  const other = topicPart(symbolTopic(`${symbol}X`), 'log')
  for (const keys of [
    call.keys.with(1, other),
    call.keys.slice(0, 2),
    [...call.keys, 'x'],
    [call.keys[0] ?? '', ...call.keys.slice(2), other],
  ])
    await expect(floor.run({ ...call, keys }), keys.join()).rejects.toThrow(/WFKEY|CROSSSLOT|same slot|same node/)
  await expect(floor.run({ ...call, name: 'wf1_device' })).rejects.toThrow('WFKEY')
})
