import { expect, test } from 'vitest'
import { ArchiveAway } from '../../../../archive/archive.ts'
import { readCandles } from '../../../../server/archive/join-candles.ts'
import { readTrack } from '../../../../server/archive/join-track.ts'
import { type Past, paidBy, unlessAway } from '../../../../server/archive/questions.ts'
import { readsPaidBy } from '../../../../server/past/reads.ts'
import type { Commands } from '../../../../server/redis/deployment.ts'
import type { CandlesReply, TrackReply } from '../../../../wire/api.ts'
import { createMemory } from '../past/memory.ts'
import { archiveOf, work } from './stand-in.ts'

test('the live floor goes without an archive that is away or takes too long, and hears of any other fault', async () => {
  const { past } = archiveOf({})
  expect(await unlessAway(past, async () => [1])).toEqual([1])
  expect(await unlessAway(past, () => Promise.reject(new ArchiveAway('away')))).toBeNull()
  expect(await unlessAway(past, () => new Promise<number[]>(() => {}), 1)).toBeNull()
  await expect(unlessAway(past, () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
})

test('what took too long asks nothing more', async () => {
  const { past, asked } = archiveOf({})
  const over = Promise.withResolvers<void>()
  let more: Promise<object> | null = null
  const ask = async (inTime: Past): Promise<object> => {
    await inTime.symbols()
    more = over.promise.then(inTime.symbols)
    return more
  }
  expect(await unlessAway(past, ask, 1)).toBeNull()
  over.resolve()
  await expect(more).rejects.toThrow(ArchiveAway)
  expect(asked).toEqual(['symbols'])
})

test('whoever asks pays for the rows that are read for them', async () => {
  const { past } = archiveOf({
    fixes: [1, 2, 3].map((n) => ({ fix: { id: 'BUS', n, t: n, lat: 1, lon: 1 }, at: n })),
  })
  const costs: number[] = []
  const paid = paidBy(past, (cost) => costs.push(cost))
  for (const limit of [1, 3]) await paid.track({ device: 'BUS', from: 0, to: 9, limit })
  expect(costs).toHaveLength(2)
  expect(costs[1]).toBeGreaterThan(costs[0] ?? 0)
})

test('what a clock reads counts with what it is told', async () => {
  const fixes = [1, 2, 3].map((n) => ({ id: 'BUS', n, t: n, lat: 1, lon: 1 }))
  const costs: number[] = []
  const paid = readsPaidBy(createMemory({ fixes }).archive, (cost) => costs.push(cost))
  expect(await paid.fixesOf(['BUS'], 0, 2, 9)).toHaveLength(1)
  expect(await paid.fixesOf(['BUS'], 0, 9, 9)).toHaveLength(3)
  expect(costs).toHaveLength(2)
  expect(costs[1]).toBeGreaterThan(costs[0] ?? 0)
})

/** A Redis that answers each transaction with these replies. */
const redisOf = (...replies: unknown[]): Commands => {
  const transaction = { exec: async () => replies.map((reply) => [null, reply]) }
  const queue = new Proxy(transaction, {
    get: (target, name) => (name === 'exec' ? target.exec : () => queue),
  })
  return { multi: () => queue } as unknown as Commands
}
const unreadable = (): void => {}
const CANDLES = { symbol: 'AAPL', interval: '1m', limit: 5 } as const
const NOWHERE = { epoch: '', seq: 0 }

test('what neither Redis nor the archive knows is unknown; while the archive is away nobody knows', async () => {
  const nothing = redisOf([null, null, null], 0)
  const { past, takeAway } = archiveOf({})
  expect(await readCandles({ redis: nothing, archive: past, unreadable }, CANDLES, work)).toBeNull()
  expect(
    await readTrack({ redis: redisOf([null, null], []), archive: past, unreadable }, { id: 'BUS', limit: 5 }, work),
  ).toBeNull()
  takeAway()
  await expect(readCandles({ redis: nothing, archive: past, unreadable }, CANDLES, work)).rejects.toThrow(ArchiveAway)
})

test('what only the archive knows has no cursor', async () => {
  const fix = { id: 'BUS', n: 1, t: 5, lat: 1, lon: 1 }
  const { past } = archiveOf({ fixes: [{ fix, at: 100_000 }] })
  const redis = redisOf([null, null], [])
  const written = await readTrack({ redis, archive: past, unreadable }, { id: 'BUS', limit: 5 }, work)
  expect(JSON.parse(written?.text ?? '') as TrackReply).toEqual({ id: 'BUS', cursor: NOWHERE, late: [1], fixes: [fix] })
})

test('while the archive is away, Redis is told alone, and that it is not all', async () => {
  const { past, takeAway } = archiveOf({})
  takeAway()
  const candle = {
    t: 60_000,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
    count: 1,
    first: [60_001, 1],
    last: [60_001, 1],
  }
  const redis = redisOf(['e', '7', '{"t":60001}'], 1, [JSON.stringify(candle)])
  const written = await readCandles({ redis, archive: past, unreadable }, { ...CANDLES, limit: 1 }, work)
  expect(written?.partial).toBe(true)
  const reply = JSON.parse(written?.text ?? '') as CandlesReply
  expect(reply).toMatchObject({ cursor: { epoch: 'e', seq: 7 }, partial: true, candles: [candle] })
})
