import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishFixes, publishMarket } from '../../../wire/calls.ts'
import { MINUTE, type Trade } from '../../../wire/market.ts'
import { deviceTopic, symbolTopic, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'
import { createSeen } from './seen-model.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number, t = BASE): Trade => ({ id, t, price: 10, size: 1 })

/** Source numbers that jump, come back and repeat; up to far more open holes than are kept. */
const numbers = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 90 }),
  fc.shuffledSubarray(Array.from({ length: 60 }, (_, i) => i * 2 + 1)),
)

test('each source number is taken once, whatever the order; of the numbers left out the newest 16 runs are waited for', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 7 }), async (ids, size) => {
      const [symbol, device] = [floor.fresh('HOLE'), floor.fresh('hole')]
      const isNew = createSeen()
      for (let i = 0; i < ids.length; i += size) {
        const batch = ids.slice(i, i + size)
        const accepted = batch.filter(isNew).length
        const wanted = { accepted, repeats: batch.length - accepted }
        const fixes = batch.map((n) => ({ id: device, n, t: BASE, lat: 1, lon: 1 }))
        const calls = [
          publishMarket(
            symbol,
            batch.map((id) => trade(id)),
            [],
          ),
          publishFixes(device, fixes),
        ]
        for (const reply of await floor.runAll(calls)) expect(toReply(reply)).toMatchObject(wanted)
      }
      const holes = (await floor.redis.hget(`wf:{s:${symbol}}`, 'holes')) ?? ''
      expect(holes.split(',').length).toBeLessThanOrEqual(16)
    }),
    { numRuns: 40 },
  )
})

const minutesOf = async (symbol: string): Promise<number[]> =>
  (await floor.redis.hkeys(topicPart(symbolTopic(symbol), '1m'))).map(Number).sort((a, b) => a - b)

test('of the minute candles the newest 2880 are kept, however they come', async () => {
  const symbol = floor.fresh('OLD')
  const from = BASE - 10_000 * MINUTE
  const minute = (i: number): number => from + i * MINUTE
  const publish = (first: number, count: number): Promise<unknown> =>
    floor.run(
      publishMarket(
        symbol,
        Array.from({ length: count }, (_, i) => trade(first + i + 1, minute(first + i))),
        [],
      ),
    )
  await publish(0, 2880)
  expect(await minutesOf(symbol)).toEqual(Array.from({ length: 2880 }, (_, i) => minute(i)))
  await publish(2880, 120)
  const newest = Array.from({ length: 2880 }, (_, i) => minute(i + 120))
  expect(await minutesOf(symbol)).toEqual(newest)
  await floor.run(publishMarket(symbol, [trade(90_000, minute(5)), trade(90_001, minute(200))], []))
  expect(await minutesOf(symbol)).toEqual(newest)
  const late = await floor.redis.hget(topicPart(symbolTopic(symbol), '1m'), String(minute(200)))
  expect(JSON.parse(late ?? '')).toMatchObject({ count: 2 })
})

test('more new minutes in one call than are kept are no trouble', async () => {
  const symbol = floor.fresh('FAR')
  const count = 12_000
  const first = Math.floor(BASE / MINUTE) * MINUTE - count * MINUTE
  const trades = Array.from({ length: count }, (_, i) => trade(i + 1, first + i * MINUTE))
  expect(toReply(await floor.run(publishMarket(symbol, trades, [])))).toMatchObject({ accepted: count })
  expect(await minutesOf(symbol)).toEqual(trades.slice(-2880).map(({ t }) => t))
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

test('a track keeps the newest two thousand updates, and a cursor before them gets a snapshot', async () => {
  const id = floor.fresh('long')
  const topic = deviceTopic(id)
  const total = 2500
  const fixAt = (n: number) => ({ id, n, t: BASE + n, lat: 1, lon: 1 })
  const replies = await floor.runAll(Array.from({ length: total }, (_, i) => publishFixes(id, [fixAt(i + 1)])))
  const epoch = toReply(replies.at(-1)).epoch
  const entries = await floor.redis.xrange(topicPart(topic, 'track'), '-', '+')
  expect(entries.length).toBeGreaterThanOrEqual(2000)
  expect(entries.length).toBeLessThan(2200)
  expect(await floor.redis.ttl(topicPart(topic, 'track'))).toBeGreaterThan(86_000)
  const oldest = total - entries.length + 1
  const kept = await floor.read(topic, { epoch, seq: oldest - 1 })
  expect(kept).toMatchObject({ kind: 'replay', cursor: { epoch, seq: total } })
  expect((await floor.read(topic, { epoch, seq: oldest - 2 })).kind).toBe('snapshot')
})
