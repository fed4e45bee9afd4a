import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeSymbol, publishFixes, publishMarket } from '../../../wire/calls.ts'
import type { Quote, Trade } from '../../../wire/market.ts'
import { cellTopic, deviceTopic, symbolTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { keysEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number): Trade => ({ id, t: BASE + id, price: 10 + id, size: 1 })
const quote = (n: number): Quote => ({ t: BASE + n, bid: n, bidSize: 1, ask: n + 1, askSize: 1 })
type Step = { trades?: Trade[]; quotes?: Quote[] }

/** Publishes one update a step; answers the symbol's topic and epoch. */
const publish = async (steps: readonly Step[]) => {
  const symbol = floor.fresh('READ')
  const calls = steps.map(({ trades = [], quotes = [] }) => publishMarket(symbol, trades, quotes))
  const replies = (await floor.runAll(calls)).map(toReply)
  expect(replies.map(({ seq }) => seq)).toEqual(steps.map((_, i) => i + 1))
  return { symbol, topic: symbolTopic(symbol), epoch: replies[0]?.epoch ?? '' }
}

test('a topic that does not exist is missing; a cell is empty', async () => {
  expect(await floor.read(symbolTopic('NOBODY'))).toEqual({ kind: 'missing' })
  expect(await floor.read(deviceTopic('nobody'), { epoch: 'x', seq: 3 })).toEqual({ kind: 'missing' })
  const empty = { kind: 'snapshot', cursor: { epoch: '', seq: 0 }, snapshot: { fixes: [] } }
  expect(await floor.read(cellTopic(`other/${'0'.repeat(13)}`))).toEqual(empty)
  expect(await floor.read(cellTopic(`other/${'0'.repeat(13)}`), { epoch: 'x', seq: 0 })).toEqual(empty)
})

test('reading writes nothing', async () => {
  const before = await keysEverywhere(floor.redis)
  for (const topic of [symbolTopic('NO'), deviceTopic('no'), cellTopic(`other/${'1'.repeat(13)}`)])
    await floor.read(topic)
  expect(await keysEverywhere(floor.redis)).toEqual(before)
})

test('a cursor of another epoch, ahead, below zero or no number gets a snapshot', async () => {
  const { topic, epoch } = await publish([{ trades: [trade(1)] }, { trades: [trade(2)] }])
  const cursors = [
    ...[0, 1, 2, 3].map((seq) => ({ epoch: 'other', seq })),
    ...[3, 1e15, -1, Number.NaN, Number.POSITIVE_INFINITY].map((seq) => ({ epoch, seq })),
    { epoch: '', seq: 0 },
  ]
  for (const cursor of cursors)
    expect(await floor.read(topic, cursor)).toMatchObject({
      kind: 'snapshot',
      cursor: { epoch, seq: 2 },
      snapshot: { last: trade(2) },
    })
})

test('quotes that came between are conflated: what follows says what it follows, and the last quote is there', async () => {
  const { topic, epoch } = await publish([
    { trades: [trade(1)], quotes: [quote(1)] },
    { quotes: [quote(2)] },
    { quotes: [quote(3)] },
    { trades: [trade(2)] },
    { quotes: [quote(4)] },
    { trades: [trade(3)] },
    { trades: [trade(4)], quotes: [quote(5)] },
    { quotes: [quote(6)] },
    { quotes: [quote(7)] },
  ])
  const answer = await floor.read(topic, { epoch, seq: 1 })
  if (answer.kind !== 'replay') throw new Error(`a ${answer.kind}`)
  const essence = answer.updates.map(({ topic: of, epoch: life, at, ...rest }) => {
    expect([of, life, typeof at]).toEqual([topic, epoch, 'number'])
    return rest
  })
  expect(essence).toEqual([
    { seq: 4, after: 1, trades: [trade(2)] },
    { seq: 6, after: 4, trades: [trade(3)] },
    { seq: 7, trades: [trade(4)], quote: quote(5) },
    { seq: 9, after: 7, quote: quote(7) },
  ])
})

test('a quote conflated into a trade at the very end is not lost', async () => {
  const { topic, epoch } = await publish([{ trades: [trade(1)] }, { quotes: [quote(2)] }, { trades: [trade(2)] }])
  expect(await floor.read(topic, { epoch, seq: 1 })).toMatchObject({
    kind: 'replay',
    cursor: { epoch, seq: 3 },
    updates: [{ seq: 3, after: 1, trades: [trade(2)], quote: quote(2) }],
  })
})

test('older quotes are dropped, equal ones are repeats, and others of the same time replace', async () => {
  const symbol = floor.fresh('QUOTE')
  const other = { ...quote(5), bid: 1 }
  const steps: [Quote, number][] = [
    [quote(5), 1],
    [quote(5), 0],
    [quote(4), 0],
    [other, 1],
    [quote(6), 1],
    [other, 0],
  ]
  for (const [given, accepted] of steps)
    expect(toReply(await floor.run(publishMarket(symbol, [], [given])))).toMatchObject({
      accepted,
      repeats: 1 - accepted,
    })
  const { snapshot } = await floor.snapshot<{ quote: Quote }>(symbolTopic(symbol))
  expect(snapshot.quote).toEqual(quote(6))
})

test('a log whose entries are of another epoch is not replayed', async () => {
  const { symbol, topic } = await publish([{ trades: [trade(1)] }, { trades: [trade(2)] }, { trades: [trade(3)] }])
  await floor.redis.del(topicKey(topic))
  for (const call of describeSymbol(symbol, 'Lost and found')) await floor.run(call)
  const { cursor } = await floor.snapshot(topic)
  expect(cursor.seq).toBe(0)
  await floor.run(publishMarket(symbol, [], [quote(1)]))
  expect(await floor.read(topic, cursor)).toMatchObject({ kind: 'snapshot', cursor: { epoch: cursor.epoch, seq: 1 } })
  await floor.run(publishMarket(symbol, [trade(9)], []))
  const logged = await floor.redis.xrange(topicPart(topic, 'log'), '-', '+')
  expect(logged.map(([id]) => id)).toEqual(['2-0'])
})

test('a track that is gone is not replayed as if nothing had been in it', async () => {
  const id = floor.fresh('gone')
  const at = (n: number) => ({ id, n, t: BASE + n, lat: 1, lon: 1 })
  const epoch = toReply(await floor.run(publishFixes(id, [at(1)]))).epoch
  await floor.run(publishFixes(id, [at(2)]))
  await floor.redis.del(topicPart(deviceTopic(id), 'track'))
  await floor.run(publishFixes(id, [at(3)]))
  expect(await floor.read(deviceTopic(id), { epoch, seq: 1 })).toMatchObject({ kind: 'snapshot', cursor: { seq: 3 } })
  const last = await floor.read(deviceTopic(id), { epoch, seq: 2 })
  expect(last).toMatchObject({ kind: 'replay', updates: [{ seq: 3, fixes: [at(3)] }] })
})
