import { expect, test } from 'vitest'
import type { FixRow, MinuteRow, TradeRow } from '../../../../archive/archive.ts'
import { readCandlesAt } from '../../../../server/archive/candles-at.ts'
import { devicesAt } from '../../../../server/archive/devices-at.ts'
import { readTrackAt } from '../../../../server/archive/join-track.ts'
import { symbolsAt } from '../../../../server/archive/symbols-at.ts'
import type { CandlesReply, SymbolRow, TrackReply } from '../../../../wire/api.ts'
import { coarsen, foldTrade, intervalStart } from '../../../../wire/candles.ts'
import { type Candle, DAY, INTERVALS, type Interval, MINUTE, type Trade } from '../../../../wire/market.ts'
import { archiveOf, work } from './stand-in.ts'

const BASE = Date.UTC(2026, 2, 4)
const LATE = BASE + 2 * DAY
/** One trade every 40 seconds of a day and a half; some were heard two days later, each one of two in its minute. */
const trades: TradeRow[] = Array.from({ length: 3240 }, (_, i) => {
  const t = BASE + i * 40_000
  const trade: Trade = { id: i + 1, t, price: 100 + (i % 17), size: 1 + (i % 3) }
  return { symbol: 'AAPL', trade, at: i % 99 === 51 ? LATE : t + 5 }
})
const foldAll = (rows: readonly TradeRow[], length: number): Candle[] => {
  const minutes = new Map<number, Candle>()
  for (const { trade } of rows) {
    const start = intervalStart(trade.t, MINUTE)
    minutes.set(start, foldTrade(minutes.get(start) ?? null, trade, MINUTE))
  }
  return coarsen([...minutes.values()], length)
}
const inTime = trades.filter(({ at }) => at < LATE)
const seenMinutes = new Map(foldAll(inTime, MINUTE).map((candle) => [candle.t, candle]))
const minutes: MinuteRow[] = foldAll(trades, MINUTE).map((candle) => {
  const seen = seenMinutes.get(candle.t)
  const isChanged = seen?.count !== candle.count
  return { symbol: 'AAPL', candle, ...(isChanged && { changed: LATE, ...(seen && { seen }) }) }
})
const { past } = archiveOf({ minutes, trades })
const archiveWithoutTrades = archiveOf({ minutes }).past

const candlesAt = async (interval: Interval, at: number, as?: 'seen', archive = past): Promise<CandlesReply> => {
  const written = await readCandlesAt(archive, { symbol: 'AAPL', interval, limit: 1500, at, as }, work)
  return JSON.parse(written?.text ?? 'null') as CandlesReply
}
const MOMENTS = [0, 1, 39_999, 40_000, 61_000, 3_600_000, 5 * 3_600_000 + 7777, DAY - 1, DAY, DAY + 123_456]
const CASES = (Object.keys(INTERVALS) as Interval[]).flatMap((interval) => MOMENTS.map((ms) => [interval, ms] as const))

test.each(CASES)(
  '%s candles %i ms after midnight are of the trades until then, the forming one too',
  async (interval, ms) => {
    const at = BASE + ms
    const until = trades.filter(({ trade }) => trade.t <= at)
    const { candles, cursor } = await candlesAt(interval, at)
    expect(candles).toEqual(foldAll(until, INTERVALS[interval]))
    expect(cursor).toEqual({ epoch: '', seq: 0 })
    const heard = trades.filter((row) => row.trade.t <= at + 10 && row.at <= at + 10)
    expect((await candlesAt(interval, at + 10, 'seen')).candles).toEqual(foldAll(heard, INTERVALS[interval]))
  },
)

test('without trades the last whole minute is the last that is told', async () => {
  const at = BASE + 3_600_000 + 90_000
  const whole = trades.filter(({ trade }) => trade.t < BASE + 3_600_000 + 60_000)
  expect((await candlesAt('15m', at, undefined, archiveWithoutTrades)).candles).toEqual(
    foldAll(whole, INTERVALS['15m']),
  )
})

test('candles that late trades changed are named, and nobody knows of a symbol that was never archived', async () => {
  const { changed = [] } = await candlesAt('1m', BASE + DAY)
  const late = trades.filter((row) => row.at === LATE && row.trade.t < BASE + DAY)
  expect(changed).toEqual(late.map(({ trade }) => intervalStart(trade.t, MINUTE)))
  expect(await readCandlesAt(past, { symbol: 'NONE', interval: '1m', limit: 5, at: BASE }, work)).toBeNull()
})

test('rows of symbols are as of a moment', async () => {
  const at = BASE + DAY + 3_600_000
  const now = { symbol: 'AAPL', name: 'Apple', quote: { t: 1 }, spark: [1] } as unknown as SymbolRow
  const until = trades.filter(({ trade }) => trade.t <= at)
  const [row] = await symbolsAt(past, [now], at, work)
  const last = until.at(-1)?.trade
  expect(row).toMatchObject({ symbol: 'AAPL', name: 'Apple', last, quote: null, day: foldAll(until, DAY)[1] })
  const yesterday = until.findLast(({ trade }) => trade.t < BASE + DAY)?.trade
  expect(row?.prev).toEqual({ price: yesterday?.price, t: yesterday?.t, id: yesterday?.id })
  expect(row?.spark).toHaveLength(60)
  const [without] = await symbolsAt(archiveWithoutTrades, [now], at, work)
  const whole = until.findLast(({ trade }) => trade.t < at)?.trade
  expect(without?.last).toEqual({ id: whole?.id, t: whole?.t, price: whole?.price, size: 0 })
  expect((await symbolsAt(past, [now], BASE - 1, work))[0]).toMatchObject({
    last: null,
    prev: null,
    day: null,
    spark: [],
  })
})

const fixes: FixRow[] = Array.from({ length: 30 }, (_, i) => {
  const fix = {
    id: 'BUS',
    n: i + 1,
    t: BASE + i * 1000,
    lat: 30,
    lon: -97,
    ...(i === 20 && { doubtful: true as const }),
  }
  return { fix, at: i % 10 === 5 ? LATE : BASE + i * 1000 }
})
const fleet = archiveOf({ fixes }).past

test('a track is as of a moment, or as it was seen then; what came late is named', async () => {
  const track = async (query: object): Promise<TrackReply> => {
    const written = await readTrackAt(fleet, { id: 'BUS', limit: 10, at: BASE + 19_000, ...query }, work)
    return JSON.parse(written?.text ?? 'null') as TrackReply
  }
  const numbers = ({ fixes: shown }: TrackReply): number[] => shown.map(({ n }) => n)
  expect(numbers(await track({}))).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  expect((await track({})).late).toEqual([16])
  expect(numbers(await track({ as: 'seen' }))).toEqual([10, 11, 12, 13, 14, 15, 17, 18, 19, 20])
  expect(numbers(await track({ since: BASE + 3000, until: BASE + 5000 }))).toEqual([4, 5, 6])
  expect(await readTrackAt(fleet, { id: 'NONE', limit: 1, at: BASE }, work)).toBeNull()
})

test('rows of devices are as of a moment: none that had not reported, no doubtful place, no cell once it is silent', async () => {
  const now = { id: 'BUS', name: 'Bus', last: null, cell: null, heard: LATE, life: { heard: LATE } }
  const rowsAt = (at: number) => devicesAt(fleet, [now, { ...now, id: 'VAN' }], at, 60_000)
  expect(await rowsAt(BASE - 1)).toEqual([])
  const [row] = await rowsAt(BASE + 20_500)
  expect(row).toMatchObject({ id: 'BUS', name: 'Bus', last: { n: 20 }, heard: BASE + 20_000 })
  expect(row?.cell).toMatch(/^other\/\d{13}$/)
  expect(row).not.toHaveProperty('life')
  expect((await rowsAt(BASE + 29_000 + 60_000))[0]?.cell).toBeNull()
})
