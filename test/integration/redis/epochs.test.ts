import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { placeInCell, publishFixes, publishMarket } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Candle, SymbolSnapshot, Trade } from '../../../wire/market.ts'
import type { Update } from '../../../wire/protocol.ts'
import { cellTopic, deviceTopic, symbolTopic, topicPart } from '../../../wire/topics.ts'
import { flushEverything, installEverywhere, reloadEverywhere, untilServing } from '../../support/redis-everywhere.ts'
import { expectCandles, expectState } from '../../unit/wire/close.ts'
import { expectedOf } from '../../unit/wire/market-model.ts'
import { type Floor, type Reply, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor(['appendonly yes', 'appendfsync everysec'])
})
afterAll(() => floor.stop())
beforeEach(() => installEverywhere(floor.redis))

let ids = 0
const trade = (): Trade => ({ id: ++ids, t: BASE + ids, price: ids, size: 1 })
const publish = async (symbol: string): Promise<Reply> => toReply(await floor.run(publishMarket(symbol, [trade()], [])))

const back = async (): Promise<void> => {
  await floor.server.restart()
  await untilServing(floor.redis)
  await installEverywhere(floor.redis)
}

test('two topics have counters and epochs of their own', async () => {
  const [a, b] = [floor.fresh('EPOCH'), floor.fresh('EPOCH')]
  const [first, second] = [await publish(a), await publish(a)]
  const other = await publish(b)
  expect([first.seq, second.seq, other.seq]).toEqual([1, 2, 1])
  expect(second.epoch).toBe(first.epoch)
  expect(other.epoch).not.toBe(first.epoch)
})

test.each(['halt', 'kill'] as const)(
  'after a %s the next update starts a new epoch, and the number goes on',
  async (end) => {
    const symbol = floor.fresh('BACK')
    const topic = symbolTopic(symbol)
    await publish(symbol)
    const before = await publish(symbol)
    if (end === 'kill') await sleep(1200) // by then what was written is on disk
    await floor.server[end]()
    await back()
    const asWas = { epoch: before.epoch, seq: 2 }
    expect(await floor.read(topic, asWas)).toEqual({ kind: 'current', cursor: asWas })
    const after = await publish(symbol)
    expect(after.seq).toBe(3)
    expect(after.epoch).not.toBe(before.epoch)
    expect(await publish(symbol)).toMatchObject({ seq: 4, epoch: after.epoch })
    expect(await floor.read(topic, asWas)).toMatchObject({
      kind: 'snapshot',
      cursor: { epoch: after.epoch, seq: 4 },
      snapshot: { day: { count: 4 } },
    })
    expect(await floor.read(topic, { epoch: after.epoch, seq: 3 })).toMatchObject({
      kind: 'replay',
      updates: [{ seq: 4 }],
    })
  },
)

test('killed while it writes, Redis comes back with whole updates only: state, candles and log agree', async () => {
  const symbol = floor.fresh('BURST')
  const topic = symbolTopic(symbol)
  const client = floor.server.client()
  let acknowledged = 0
  for (let i = 0; i < 3000; i++) {
    const { name, keys, args } = publishMarket(symbol, [trade(), trade()], [])
    const count = (): number => acknowledged++
    client.call('FCALL', name, keys.length, ...keys, ...args).then(count, () => {}) // those after the kill fail
  }
  while (acknowledged < 300) await sleep(1)
  await floor.server.kill()
  client.disconnect() // or it would send again what went unanswered
  await back()
  const { cursor, snapshot } = await floor.snapshot<SymbolSnapshot>(topic)
  const entries = await floor.redis.xrange(topicPart(topic, 'log'), '-', '+')
  const logged = entries.map(([, [, text = '']]) => JSON.parse(text) as Update)
  expect(logged.at(-1)?.seq ?? 0).toBe(cursor.seq)
  expect(logged.map(({ seq }) => seq)).toEqual(logged.map((_, i) => cursor.seq - logged.length + 1 + i))
  expect(snapshot.day?.count ?? 0).toBe(cursor.seq * 2)
  const candles = (await floor.redis.hvals(topicPart(topic, '1m'))).map((text) => JSON.parse(text) as Candle)
  if (cursor.seq === logged.length) {
    const wanted = expectedOf(
      logged.flatMap(({ trades }) => trades ?? []),
      null,
    )
    expectState(snapshot, wanted)
    expectCandles(candles, wanted.minutes)
  } else expect(candles.reduce((sum, { count }) => sum + count, 0)).toBe(cursor.seq * 2)
})

test('an emptied Redis starts every topic at 1 in a new epoch', async () => {
  const symbol = floor.fresh('FLUSH')
  await publish(symbol)
  const before = await publish(symbol)
  await flushEverything(floor.redis)
  const after = await publish(symbol)
  expect(after.seq).toBe(1)
  expect(after.epoch).not.toBe(before.epoch)
  const stale = { epoch: before.epoch, seq: 1 }
  expect(await floor.read(symbolTopic(symbol), stale)).toMatchObject({ kind: 'snapshot', cursor: { seq: 1 } })
})

test('a library loaded anew starts a new epoch with the next update of each topic, of whatever kind', async () => {
  const [symbol, device] = [floor.fresh('LOAD'), floor.fresh('load')]
  const fix = (n: number) => ({ id: device, n, t: BASE + n, lat: 30, lon: -97 })
  const cell = cellOf(30, -97)
  const round = async (n: number): Promise<string[]> => {
    const [, ...life] = [
      await publish(symbol),
      toReply(await floor.run(publishMarket(symbol, [trade()], []))),
      toReply(await floor.run(publishFixes(device, [fix(n)]))),
      toReply(await floor.run(placeInCell(cell, [JSON.stringify(fix(n))]))),
    ]
    expect(life.map(({ seq }) => seq)).toEqual([2 * n, n, n])
    return life.map(({ epoch }) => epoch)
  }
  const first = await round(1)
  expect(await round(2)).toEqual(first)
  await reloadEverywhere(floor.redis)
  const third = await round(3)
  expect(third.some((epoch) => first.includes(epoch))).toBe(false)
  for (const topic of [symbolTopic(symbol), deviceTopic(device), cellTopic(cell)]) {
    const { cursor } = await floor.snapshot(topic)
    expect(third).toContain(cursor.epoch)
  }
})

test('what is refused or a repeat after a restart starts no epoch: the state is as it was', async () => {
  const symbol = floor.fresh('SAME')
  const topic = symbolTopic(symbol)
  const once = trade()
  const { epoch } = toReply(await floor.run(publishMarket(symbol, [once], [])))
  await reloadEverywhere(floor.redis)
  const again = toReply(await floor.run(publishMarket(symbol, [once, { ...once, id: 0 }], [])))
  expect(again).toEqual({ seq: 1, epoch, accepted: 0, repeats: 1, rest: ['1:id'] })
  expect((await floor.read(topic, { epoch, seq: 1 })).kind).toBe('current')
})
