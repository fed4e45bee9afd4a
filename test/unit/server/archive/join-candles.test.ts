import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MinuteRow } from '../../../../archive/archive.ts'
import { joinCandles } from '../../../../server/archive/join-candles.ts'
import type { CandlesQuery } from '../../../../server/market/candles.ts'
import { pageOf } from '../../../../server/market/candles.ts'
import { coarsen, foldTrade, intervalStart } from '../../../../wire/candles.ts'
import { type Candle, DAY, INTERVALS, type Interval, MINUTE, type Trade } from '../../../../wire/market.ts'
import { archiveOf, work } from './stand-in.ts'

const BASE = Date.UTC(2026, 2, 4)
const HOUR = 60 * MINUTE

/** Trades of four days, close together in some minutes and hours apart in others, in the order in which they come. */
const history = fc
  .array(
    fc.record({
      t: fc.oneof(
        fc.nat(4 * DAY).map((t) => BASE + t),
        fc.tuple(fc.nat(5), fc.nat(180)).map(([hours, minutes]) => BASE + hours * 17 * HOUR + minutes * MINUTE),
      ),
      price: fc.integer({ min: 1, max: 9 }),
      size: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((trades) => trades.map((trade, i): Trade => ({ id: i + 1, ...trade })))

const minutesOf = (trades: readonly Trade[]): Candle[] => {
  const minutes = new Map<number, Candle>()
  for (const trade of trades) {
    const t = intervalStart(trade.t, MINUTE)
    minutes.set(t, foldTrade(minutes.get(t) ?? null, trade, MINUTE))
  }
  return [...minutes.values()].sort((a, b) => a.t - b.t)
}

const query = fc.record({
  interval: fc.constantFrom(...(Object.keys(INTERVALS) as Interval[])),
  limit: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(1500)),
  before: fc.option(
    fc.nat(5 * DAY).map((t) => BASE + t),
    { nil: undefined },
  ),
  after: fc.option(
    fc.nat(4 * DAY).map((t) => BASE + t),
    { nil: undefined },
  ),
})

/** What Redis gives of its minutes: those of the candles that are asked for, as server/market/minutes.ts reads them. */
const heldOf = (minutes: readonly Candle[], asked: CandlesQuery): Candle[] => {
  const length = INTERVALS[asked.interval]
  const starts = new Set(pageOf(coarsen(minutes, length), asked).map(({ t }) => t))
  return minutes.filter(({ t }) => starts.has(intervalStart(t, length)))
}
const archived = (minutes: readonly Candle[]): MinuteRow[] => minutes.map((candle) => ({ symbol: 'AAPL', candle }))

test('candles are the same wherever the history is split between Redis and archive', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      query,
      fc.record({ since: fc.nat(4 * 24 * 60), taken: fc.nat(60), lost: fc.nat(5) }),
      async (trades, wanted, { since, taken, lost }) => {
        const asked: CandlesQuery = { symbol: 'AAPL', ...wanted }
        // The archive has the state as of some trades ago, Redis all minutes since some time; what Redis lost after a
        // restart is archived.
        const behind = trades.slice(0, taken)
        const redis = minutesOf(trades.filter(({ id }) => id > lost || id > behind.length))
        const held = redis.filter(({ t }) => t >= BASE + since * MINUTE)
        const dropped = minutesOf(trades).filter(({ t }) => t < BASE + since * MINUTE)
        const rows = new Map(minutesOf(behind).map((minute) => [minute.t, minute]))
        for (const minute of dropped) rows.set(minute.t, minute)
        const { past } = archiveOf({ minutes: archived([...rows.values()]) })
        const { candles } = await joinCandles(heldOf(held, asked), past, asked, work)
        // What neither has whole is lost; of each minute the fuller one is known.
        const whole = minutesOf(trades).map((minute) => {
          const own = held.find(({ t }) => t === minute.t)
          const kept = rows.get(minute.t)
          return own && (kept === undefined || own.count >= kept.count) ? own : kept
        })
        const known = whole.filter((minute) => minute !== undefined)
        expect(candles).toEqual(pageOf(coarsen(known, INTERVALS[asked.interval]), asked))
      },
    ),
    { numRuns: 1000 },
  )
})

test('late trades count on both sides of the seam, and the candles that they changed are named', async () => {
  const print = (id: number, t: number): Trade => ({ id, t: BASE + t, price: id, size: 1 })
  const early = [print(1, 0), print(2, 50 * MINUTE), print(3, 70 * MINUTE)]
  const late = [print(4, 10), print(5, 71 * MINUTE)]
  const minutes = archived(minutesOf([...early, late[0] as Trade])).map((row) =>
    row.candle.t === BASE ? { ...row, changed: BASE + DAY } : row,
  )
  const { past } = archiveOf({ minutes })
  const asked: CandlesQuery = { symbol: 'AAPL', interval: '1h', limit: 10 }
  const held = minutesOf([...early, ...late]).filter(({ t }) => t >= BASE + HOUR)
  expect(await joinCandles(held, past, asked, work)).toEqual({
    candles: coarsen(minutesOf([...early, ...late]), HOUR),
    changed: [BASE],
  })
})

test('hours and days stay where their minutes were deleted, and where there are too many to read', async () => {
  const trades = Array.from({ length: 7000 }, (_, i): Trade => ({ id: i + 1, t: BASE + i * MINUTE, price: 1, size: 1 }))
  const minutes = minutesOf(trades)
  const { past } = archiveOf({ minutes: archived(minutes) })
  const asked: CandlesQuery = { symbol: 'AAPL', interval: '1d', limit: 10 }
  // Redis was emptied, and has a minute here and there.
  const held = minutes.filter((_, i) => i % 1000 === 0)
  expect((await joinCandles(held, past, asked, work)).candles).toEqual(coarsen(minutes, DAY))
  const pruned = {
    ...past,
    candles: async (wanted: Parameters<typeof past.candles>[0]) => {
      const found = await past.candles(wanted)
      return wanted.interval === MINUTE ? found.filter(({ candle }) => candle.t > BASE + DAY) : found
    },
  }
  expect((await joinCandles(held, pruned, asked, work)).candles).toEqual(coarsen(minutes, DAY))
})
