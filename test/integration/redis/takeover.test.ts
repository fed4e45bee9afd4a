import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishFixes, publishMarket } from '../../../wire/calls.ts'
import { MINUTE } from '../../../wire/market.ts'
import { deviceTopic, symbolTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number) => ({ id, t: BASE + id, price: 10, size: 1 })

test('what revision 1 of the library remembered of a symbol is taken over at the next trade', async () => {
  const symbol = floor.fresh('KEPT')
  const key = topicKey(symbolTopic(symbol))
  await floor.redis.hset(key, { epoch: 'e', seq: '7', last: JSON.stringify(trade(20)), top: '20', holes: '3-4,9-9' })
  const send = async (...ids: number[]) => toReply(await floor.run(publishMarket(symbol, ids.map(trade), [])))
  expect(await send(21)).toMatchObject({ accepted: 1 })
  expect(await send(1, 2, 5, 8, 10, 20, 21)).toMatchObject({ accepted: 0, repeats: 7 })
  expect(await send(3, 4, 9)).toMatchObject({ accepted: 3, repeats: 0 })
  expect(await send(3, 4, 9, 30)).toMatchObject({ accepted: 1, repeats: 3 })
})

test('where revision 1 had dropped candles, the hour that is whole no more goes', async () => {
  const symbol = floor.fresh('CUT')
  const topic = symbolTopic(symbol)
  const from = BASE - (BASE % (60 * MINUTE)) - 2880 * MINUTE + 10 * MINUTE
  const starts = Array.from({ length: 2880 }, (_, i) => from + i * MINUTE)
  const candle = (t: number) =>
    JSON.stringify({ t, open: 1, high: 1, low: 1, close: 1, volume: 1, count: 1, first: [t, t], last: [t, t] })
  await floor.redis.hset(topicPart(topic, '1m'), Object.fromEntries(starts.map((t) => [String(t), candle(t)])))
  await floor.redis.hset(topicKey(topic), {
    epoch: 'e',
    seq: '7',
    last: JSON.stringify(trade(20)),
    top: '20',
    holes: '',
  })
  await floor.run(publishMarket(symbol, [trade(21)], []))
  const kept = (await floor.redis.hkeys(topicPart(topic, '1m'))).map(Number)
  expect(Math.min(...kept)).toBe(from + 50 * MINUTE)
})

test('the track of a device that revision 1 kept in its log is taken over at the next fix', async () => {
  const id = floor.fresh('kept')
  const topic = deviceTopic(id)
  const fix = (n: number) => ({ id, n, t: BASE + n * 1000, lat: 1, lon: 1 })
  const update = (seq: number, n: number) => JSON.stringify({ topic, epoch: 'e', seq, at: 1, fixes: [fix(n)] })
  for (const [i, n] of [1, 3, 2].entries())
    await floor.redis.xadd(topicPart(topic, 'track'), `${i + 1}-0`, 'u', update(i + 1, n))
  await floor.redis.hset(topicKey(topic), {
    epoch: 'e',
    seq: '3',
    last: JSON.stringify(fix(3)),
    top: '3',
    holes: '',
    cell: '',
    from: '',
    heard: '1',
  })
  const reply = toReply(await floor.run(publishFixes(id, [fix(2), fix(4)])))
  expect(reply).toMatchObject({ accepted: 1, repeats: 1 })
  const track = await floor.redis.zrange(topicPart(topic, 'past'), '0', '-1')
  expect(track.map((text) => JSON.parse(text))).toEqual([1, 2, 3, 4].map(fix))
})

test('of a long log of many fixes each, only what a track holds is taken over, and it expires', async () => {
  const id = floor.fresh('long')
  const topic = deviceTopic(id)
  const fixes = (seq: number) =>
    Array.from({ length: 50 }, (_, i) => ({ id, n: seq * 50 + i, t: BASE + seq * 1000 + i, lat: 1, lon: 1 }))
  for (let seq = 1; seq <= 200; seq++)
    await floor.redis.xadd(
      topicPart(topic, 'track'),
      `${seq}-0`,
      'u',
      JSON.stringify({ topic, epoch: 'e', seq, at: 1, fixes: fixes(seq) }),
    )
  const last = fixes(200)[49]
  await floor.redis.hset(topicKey(topic), {
    epoch: 'e',
    seq: '200',
    last: JSON.stringify(last),
    top: '10049',
    holes: '',
  })
  const again = { id, n: 60, t: BASE, lat: 1, lon: 1 }
  expect(toReply(await floor.run(publishFixes(id, [again])))).toMatchObject({ accepted: 0, repeats: 1 })
  const track = await floor.redis.zrange(topicPart(topic, 'past'), '0', '-1')
  expect(track).toHaveLength(2000)
  expect(JSON.parse(track.at(-1) ?? '')).toEqual(last)
  expect(await floor.redis.ttl(topicPart(topic, 'past'))).toBeGreaterThan(86_000)
})

test('a feed of before, which names fewer keys, is heard as well', async () => {
  const [symbol, id] = [floor.fresh('OLDER'), floor.fresh('older')]
  const market = publishMarket(symbol, [trade(1)], [])
  const fleet = publishFixes(id, [{ id, n: 1, t: BASE, lat: 1, lon: 1 }])
  for (const call of [
    { ...market, keys: market.keys.slice(0, 3) },
    { ...fleet, keys: fleet.keys.slice(0, 2) },
  ])
    expect(toReply(await floor.run(call))).toMatchObject({ accepted: 1 })
  for (const call of [market, fleet]) expect(toReply(await floor.run(call))).toMatchObject({ accepted: 0, repeats: 1 })
})
