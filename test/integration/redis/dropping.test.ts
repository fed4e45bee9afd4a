import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { deviceKeys, publishFixes, publishMarket } from '../../../wire/calls.ts'
import { MINUTE, type SymbolSnapshot } from '../../../wire/market.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { deviceTopic, symbolTopic, topicKey, topicKeys, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const HOUR = 60 * MINUTE
let id = 0
const trade = (t: number) => ({ id: ++id, t, price: 10 + (id % 5), size: 1 })
const send = async (symbol: string, ...times: number[]) =>
  toReply(await floor.run(publishMarket(symbol, times.map(trade), [])))
const dropMinutes = (symbol: string, before: number, { epoch, seq }: Cursor) =>
  floor.run({ name: 'wf1_drop_minutes', keys: topicKeys(symbolTopic(symbol)), args: [before, epoch, seq] })
const minutesOf = async (symbol: string) =>
  (await floor.redis.hkeys(topicPart(symbolTopic(symbol), '1m'))).map(Number).sort((a, b) => a - b)

/** A symbol of three hours, a trade each ten minutes. */
const threeHours = async () => {
  const symbol = floor.fresh('DROP')
  const times = Array.from({ length: 18 }, (_, i) => BASE + i * 10 * MINUTE)
  const { seq, epoch } = await send(symbol, ...times)
  return { symbol, cursor: { epoch, seq } }
}

test('candles of whole hours go that a reader has; nothing is numbered, and what is older is old', async () => {
  const { symbol, cursor } = await threeHours()
  const before = await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))
  expect(await dropMinutes(symbol, BASE + HOUR + 30 * MINUTE, cursor)).toBe(6)
  expect((await minutesOf(symbol))[0]).toBe(BASE + HOUR)
  const after = await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))
  expect(after).toEqual(before)
  expect(await dropMinutes(symbol, BASE + HOUR, cursor)).toBe(0)
  expect(await send(symbol, BASE + HOUR - 1, BASE + HOUR, BASE + 3 * HOUR)).toMatchObject({
    seq: 2,
    accepted: 2,
    rest: ['0:old'],
  })
  // Never the hour of the newest trade, whatever is asked for.
  expect(await dropMinutes(symbol, BASE + 100 * HOUR, { ...cursor, seq: 2 })).toBe(0)
})

test('what the reader has not is kept: trades so old that came since, another life, a number to come', async () => {
  const { symbol, cursor } = await threeHours()
  await send(symbol, BASE + 3 * HOUR)
  await floor.run(publishMarket(symbol, [], [{ t: BASE + 3 * HOUR, bid: 1, bidSize: 1, ask: 2, askSize: 1 }]))
  for (const wrong of [
    { epoch: 'other', seq: 3 },
    { ...cursor, seq: 4 },
  ])
    expect(await dropMinutes(symbol, BASE + HOUR, wrong)).toBe(0)
  await send(symbol, BASE + 5 * MINUTE)
  expect(await dropMinutes(symbol, BASE + HOUR, cursor)).toBe(0)
  expect(await minutesOf(symbol)).toHaveLength(20)
  expect(await dropMinutes(symbol, BASE + HOUR, { ...cursor, seq: 4 })).toBe(7)
  expect(await dropMinutes(floor.fresh('NONE'), BASE, cursor)).toBe(0)
})

test('fixes go that a reader has, and the device stays as it is', async () => {
  const device = floor.fresh('drop')
  const topic = deviceTopic(device)
  const fix = (n: number, t = BASE + n * MINUTE) => ({ id: device, n, t, lat: 1 + n / 1000, lon: 1 })
  const report = async (...all: ReturnType<typeof fix>[]) => toReply(await floor.run(publishFixes(device, all)))
  const { epoch } = await report(...Array.from({ length: 150 }, (_, i) => fix(i + 1)))
  const drop = (before: number, seq: number) =>
    floor.run({ name: 'wf1_drop_fixes', keys: deviceKeys(device), args: [before, epoch, seq] })
  await report(fix(160))
  const before = await floor.snapshot(topic)
  expect(await drop(BASE + 100.5 * MINUTE, 1)).toBe(100)
  expect(await floor.snapshot(topic)).toEqual(before)
  expect(await floor.redis.zcard(topicPart(topic, 'past'))).toBe(51)
  // Of so few none goes.
  expect(await drop(BASE + 120 * MINUTE, 2)).toBe(0)
  expect(await report(fix(155, BASE + 99 * MINUTE), fix(161))).toMatchObject({ seq: 3, accepted: 1 })
  expect(await report(fix(161), fix(150), fix(160))).toMatchObject({ accepted: 0, repeats: 3 })
  expect(await floor.redis.hget(topicKey(topic), 'since')).toBe(String(BASE + 100.5 * MINUTE))
})

test('fixes too late for a track are told for the archive, and change nothing else', async () => {
  const device = floor.fresh('tunnel')
  const topic = deviceTopic(device)
  const fix = (n: number, t = BASE + n * MINUTE) => ({ id: device, n, t, lat: 1 + n / 1000, lon: 1 })
  const report = async (...all: ReturnType<typeof fix>[]) => toReply(await floor.run(publishFixes(device, all)))
  const { epoch } = await report(...Array.from({ length: 150 }, (_, i) => fix(i + 1)))
  const drop = () =>
    floor.run({ name: 'wf1_drop_fixes', keys: deviceKeys(device), args: [BASE + 140 * MINUTE, epoch, 1] })
  await drop()
  const [before, state] = [await floor.snapshot(topic), await floor.redis.hgetall(topicKey(topic))]
  const stands = Array(3).fill(expect.any(String))
  const [late, later] = [fix(200, BASE + 90 * MINUTE), fix(201, BASE + 91 * MINUTE)]
  expect(await report(late, later)).toMatchObject({ seq: 2, accepted: 0, rest: [...stands, '0:old', '1:old'] })
  expect(await report(late)).toMatchObject({ seq: 3, accepted: 0, repeats: 0 })
  expect(await floor.snapshot(topic)).toEqual({ ...before, cursor: { epoch, seq: 3 } })
  expect(await floor.redis.hgetall(topicKey(topic))).toEqual({ ...state, seq: '3' })
  expect(await report(late, fix(151))).toMatchObject({ seq: 4, accepted: 1, rest: [...stands, '0:old'] })
  const answer = await floor.read(topic, { epoch, seq: 1 })
  expect(answer).toMatchObject({
    kind: 'replay',
    updates: [{ late: [late, later] }, { late: [late] }, { fixes: [fix(151)], late: [late] }],
  })
  // Nodes know such updates by their text, without parsing them.
  const entries = await floor.redis.xrange(topicPart(topic, 'track'), '2', '+')
  expect(entries.map(([, [, text = '']]) => serverKindOf(topic).isUpdate.test(text))).toEqual([true, true, true])
})

test('a late fix that the reader has not read keeps a track as it is', async () => {
  const device = floor.fresh('late')
  const fixes = Array.from({ length: 150 }, (_, i) => ({ id: device, n: i + 1, t: BASE + i * MINUTE, lat: 1, lon: 1 }))
  const { epoch } = toReply(await floor.run(publishFixes(device, fixes)))
  const drop = (seq: number) =>
    floor.run({ name: 'wf1_drop_fixes', keys: deviceKeys(device), args: [BASE + HOUR, epoch, seq] })
  await floor.run(publishFixes(device, [{ id: device, n: 200, t: BASE + 1, lat: 1, lon: 1 }]))
  expect(await drop(1)).toBe(0)
  expect(await drop(2)).toBe(61)
})
