import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, publishFixes, publishMarket } from '../../../wire/calls.ts'
import { MINUTE, type Trade } from '../../../wire/market.ts'
import { deviceTopic, symbolTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const HOUR = 60 * MINUTE
/** The item of number n is of some minute of two days, so that segments of the memory mix hours. */
const timeOf = (n: number): number => BASE + (n % 40) * HOUR
const trade = (id: number, t = timeOf(id)): Trade => ({ id, t, price: 10, size: 1 })
const fix = (id: string, n: number, t = timeOf(n)) => ({ id, n, t, lat: 1, lon: 1 })

/** Sends numbers to a symbol and to a device, `size` in a call, and expects the answers of a plain set. */
const expectLikeSet = async (numbers: readonly number[], size: number): Promise<{ symbol: string; device: string }> => {
  const [symbol, device] = [floor.fresh('SEEN'), floor.fresh('seen')]
  const seen = new Set<number>()
  for (let i = 0; i < numbers.length; i += size) {
    const batch = numbers.slice(i, i + size)
    const accepted = batch.filter((n) => !seen.has(n) && seen.add(n)).length
    const wanted = { accepted, repeats: batch.length - accepted }
    const trades = batch.map((n) => trade(n))
    const fixes = batch.map((n) => fix(device, n))
    const [market, fleet] = await floor.runAll([publishMarket(symbol, trades, []), publishFixes(device, fixes)])
    expect(toReply(market)).toMatchObject({ ...wanted, rest: [] })
    expect(toReply(fleet)).toMatchObject(wanted)
  }
  return { symbol, device }
}

const MOST = Number.MAX_SAFE_INTEGER
const ANY = fc.integer({ min: 1, max: MOST })
/** Ways in which sources number: without gaps, by time, by chance; in order, newest first, in blocks, shuffled. */
const numbers: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.constantFrom(1, 2, 7, 1_000_003),
    fc.oneof(
      fc.constantFrom(1, 1_795_395_678_000_000),
      ANY.map((n) => Math.ceil(n / 2)),
    ),
    fc.integer({ min: 1, max: 700 }),
    fc.constantFrom('up', 'down', 'blocks', 'any', 'chance'),
    fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  )
  .map(([step, from, count, order, chance]) => {
    const up = Array.from({ length: count }, (_, i) => from + i * step)
    const draw = (most: number): number => Math.floor((chance.next().value as number) * most)
    if (order === 'chance') return up.map(() => 1 + draw(MOST - 1))
    if (order === 'down') return up.toReversed()
    if (order === 'blocks') return [...up.slice(count >> 1), ...up.slice(0, count >> 2), ...up.slice(count >> 2)]
    if (order === 'any')
      for (let i = up.length - 1; i > 0; i--) [up[i], up[draw(i + 1)]] = [up[draw(i + 1)] as number, up[i] as number]
    return up
  })
  .chain((sent) =>
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }).map((again) => {
      const all = [...sent]
      for (const [which, place] of again) all.splice(place % (all.length + 1), 0, sent[which % sent.length] as number)
      return all
    }),
  )

test('a repeat is what was seen, for any numbers in any order, as a plain set says', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 100 }), async (sent, size) => {
      await expectLikeSet(sent, size)
    }),
    { numRuns: 60, endOnFailure: true },
  )
})

test('few numbers, many times: holes are opened and closed in every way', async () => {
  const few = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 120 })
  await fc.assert(
    fc.asyncProperty(few, fc.integer({ min: 1, max: 7 }), async (sent, size) => {
      await expectLikeSet(sent, size)
    }),
    { numRuns: 60 },
  )
})

test('thousands of numbers with gaps, shuffled, are told apart, and take a dozen bytes each at the most', async () => {
  const stride = 1_000_000
  const sent = Array.from({ length: 6000 }, (_, i) => 1_795_395_678_000_000 + ((i * 2741) % 6000) * stride)
  const { symbol } = await expectLikeSet([...sent.slice(0, 2000), ...sent.slice(0, 2000)], 50)
  const trades = sent.map((n) => trade(n))
  for (let i = 0; i < trades.length; i += 100) await floor.run(publishMarket(symbol, trades.slice(i, i + 100), []))
  for (let i = 0; i < trades.length; i += 100)
    expect(toReply(await floor.run(publishMarket(symbol, trades.slice(i, i + 100), [])))).toMatchObject({
      accepted: 0,
      repeats: 100,
    })
  const segments = await floor.redis.memory('USAGE', topicPart(symbolTopic(symbol), 'seen'), 'SAMPLES', 0)
  expect((segments ?? 0) / sent.length).toBeLessThan(12)
})

test('a source that numbers 1, 2, 3 costs a few bytes however it is heard', async () => {
  const order = Array.from({ length: 2000 }, (_, i) => 1 + ((i * 1117) % 2000))
  const { symbol, device } = await expectLikeSet(order, 100)
  for (const topic of [symbolTopic(symbol), deviceTopic(device)]) {
    expect((await floor.redis.memory('USAGE', topicPart(topic, 'seen'))) ?? 0).toBeLessThan(2000)
    expect(Buffer.byteLength((await floor.redis.hgetBuffer(topicKey(topic), 'seen')) ?? 'x'.repeat(99))).toBeLessThan(
      40,
    )
  }
})

/** Sends items a hundred at a time; answers how many of them were taken, and how many were repeats. */
const sendAll = async <Item>(items: readonly Item[], call: (some: Item[]) => Call) => {
  let [accepted, repeats] = [0, 0]
  for (let i = 0; i < items.length; i += 100) {
    const reply = toReply(await floor.run(call(items.slice(i, i + 100))))
    accepted += reply.accepted
    repeats += reply.repeats
  }
  return { accepted, repeats }
}

test('nothing of the oldest hour that is kept is forgotten, also where late numbers come among those that go', async () => {
  const [symbol, device] = [floor.fresh('EDGE'), floor.fresh('edge')]
  const from = BASE - (BASE % HOUR) - 60 * HOUR
  /** Times of so many minutes, `each` a minute. */
  const times = (first: number, count: number, each = 1, late = 0): number[] =>
    Array.from({ length: count * each }, (_, i) => from + first * MINUTE + (i * MINUTE) / each + late)
  const market = (all: readonly number[]) =>
    sendAll(all, (some) =>
      publishMarket(
        symbol,
        some.map((t) => trade(t, t)),
        [],
      ),
    )
  const fleet = (all: readonly number[]) =>
    sendAll(all, (some) =>
      publishFixes(
        device,
        some.map((t) => fix(device, t, t)),
      ),
    )
  // The oldest 240 minutes, four hours, go; of the track the oldest hundred fixes, to the middle of an hour.
  const [trades, fixes] = [times(0, 3200, 4), times(0, 2150)]
  expect([await market(trades), await fleet(fixes)]).toMatchObject([{ accepted: 12_800 }, { accepted: 2150 }])
  const [lateTrades, lateFixes] = [times(240, 2960, 1, 7000), times(100, 40, 1, 7000)]
  expect([await market(lateTrades), await fleet(lateFixes)]).toMatchObject([{ accepted: 2960 }, { accepted: 40 }])
  expect(await market([...trades.slice(960), ...lateTrades])).toEqual({ accepted: 0, repeats: 5 * 2960 })
  expect((await market(times(0, 240, 1, 7000))).accepted).toBe(0)
  expect(await fleet([...fixes.slice(100), ...lateFixes])).toEqual({ accepted: 0, repeats: 2050 + 40 })
})

test('what is kept no more goes from the memory, also where a number before it is still in use', async () => {
  const symbol = floor.fresh('SWEPT')
  const count = (): Promise<number> => floor.redis.zcard(topicPart(symbolTopic(symbol), 'seen'))
  const from = BASE - (BASE % HOUR) - 12 * 24 * HOUR
  const counts: number[] = []
  const publish = async (trades: Trade[]): Promise<void> => {
    expect(toReply(await floor.run(publishMarket(symbol, trades, [])))).toMatchObject({ accepted: trades.length })
  }
  for (let minute = 0; minute < 16_000; minute += 40) {
    // two sources: one counts 1, 2, 3, the other numbers by time, four trades a minute
    const own = { id: 1 + minute / 40, t: from + minute * MINUTE, price: 1, size: 1 }
    const times = Array.from({ length: 160 }, (_, i) => from + minute * MINUTE + i * 15_000)
    await publish([own, ...times.map((t) => trade(t * 1000, t))])
    if (minute % 4000 === 0) counts.push(await count())
  }
  expect(Math.max(...counts)).toBeLessThan((3120 * 4 * 2) / 64)
  const late = { ...trade(1), t: from + 16_000 * MINUTE }
  expect(toReply(await floor.run(publishMarket(symbol, [late], [])))).toMatchObject({ accepted: 0, repeats: 1 })
})
