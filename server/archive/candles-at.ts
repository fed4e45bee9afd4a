import type { Stored } from '../../archive/archive.ts'
import { coarsen, foldTrade, intervalStart } from '../../wire/candles.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import { type Candle, INTERVALS, MINUTE } from '../../wire/market.ts'
import { symbolTopic } from '../../wire/topics.ts'
import { type CandlesQuery, pageOf } from '../market/candles.ts'
import type { Work } from '../pieces.ts'
import type { Past } from './questions.ts'
import { changedOf, wantedOf, writeCandles } from './join-candles.ts'
import type { Written } from './written.ts'

/** A moment (Unix ms): what was made up to then counts. `as`: only what had been heard by then, too. */
export type Moment = { at: number; as?: 'seen' | undefined }

/** The same, where a moment is asked for. */
export type AsOf = { at?: number | undefined; as?: 'seen' | undefined }

const HOUR = 60 * MINUTE
/** Trades of one minute that are folded: where there were more, it is shown once it is over. */
const MOST_TRADES = 10_000
/** Minutes that are read at the most to show coarse candles as they were seen; older ones are shown as they are known. */
const MOST_MINUTES = 20_000

/** Candles as of a moment of the past, with the one that was forming then; null for no such symbol. */
export const readCandlesAt = async (
  archive: Past,
  query: CandlesQuery & Moment,
  work: Work,
): Promise<Written | null> => {
  const { symbol, interval, before = Number.POSITIVE_INFINITY, after = Number.NEGATIVE_INFINITY, at } = query
  const length = INTERVALS[interval]
  const start = intervalStart(at, length)
  const stored = await archive.candles(wantedOf({ ...query, before: Math.min(before, start) }))
  const older = await asSeen(archive, { symbol, length }, stored, query, work)
  const isAsked = start < before && start > after
  const forming = isAsked ? await formingCandle(archive, { symbol, length }, query, work) : null
  if (older.length === 0 && forming === null && (await archive.complete(symbolTopic(symbol))) === null) {
    const any = await archive.candles({ symbol, interval: INTERVALS['1d'], limit: 1 })
    if (any.length === 0) return null
  }
  const candles = pageOf(forming === null ? older : [...older, forming], query)
  return writeCandles(query, NOWHERE, { candles, changed: changedOf(candles, stored, length) }, work)
}

type Of = { symbol: string; length: number }

/**
 * The candle that was forming at a moment; null where there was none. Of a symbol whose trades are not archived it ends
 * with the last whole minute.
 */
export const formingCandle = async (
  archive: Past,
  { symbol, length }: Of,
  moment: Moment,
  work: Work,
): Promise<Candle | null> => {
  const { at } = moment
  const [start, minute] = [intervalStart(at, length), intervalStart(at, MINUTE)]
  const hour = Math.max(start, intervalStart(at, HOUR))
  const stored = async (interval: number, from: number, before: number): Promise<Candle[]> => {
    if (from >= before) return []
    const limit = (before - from) / interval
    const rows = await archive.candles({ symbol, interval, from, before, limit })
    return asSeen(archive, { symbol, length: interval }, rows, moment, work)
  }
  const [hours, minutes, last] = await Promise.all([
    stored(HOUR, start, hour),
    stored(MINUTE, hour, minute),
    formingMinute(archive, symbol, moment),
  ])
  return coarsen([...hours, ...minutes, ...(last === null ? [] : [last])], length)[0] ?? null
}

const formingMinute = async (archive: Past, symbol: string, { at, as }: Moment): Promise<Candle | null> => {
  const rows = await archive.trades([symbol], intervalStart(at, MINUTE), at + 1, MOST_TRADES)
  if (rows.length === MOST_TRADES) return null
  const known = as === 'seen' ? rows.filter((row) => row.at <= at) : rows
  return known.reduce<Candle | null>((candle, { trade }) => foldTrade(candle, trade, MINUTE), null)
}

/** Candles as they were seen at a moment where that is asked for, and as they are known now otherwise. */
const asSeen = async (
  archive: Past,
  { symbol, length }: Of,
  stored: readonly Stored[],
  { at, as }: Moment,
  work: Work,
): Promise<Candle[]> => {
  const candles = stored.map((each) => (as === 'seen' ? before(each, at) : each.candle))
  if (as !== 'seen' || length === MINUTE) return candles
  let left = MOST_MINUTES
  for (let i = stored.length - 1; i >= 0 && left > 0; i--) {
    const { candle, changed = 0 } = stored[i] as Stored
    if (changed <= at) continue
    const range = { from: candle.t, before: candle.t + length, limit: length / MINUTE }
    const minutes = await archive.candles({ symbol, interval: MINUTE, ...range })
    left -= minutes.length
    const [seen] = await work(() =>
      coarsen(
        minutes.map((minute) => before(minute, at)),
        length,
      ),
    )
    if (seen) candles[i] = seen
  }
  return candles
}

/** What a candle was before late trades, where they came after the moment. */
const before = ({ candle, changed = 0, seen }: Stored, at: number): Candle => (changed > at ? (seen ?? candle) : candle)
