import { ArchiveAway, type CandlesWanted, type Stored } from '../../archive/archive.ts'
import { coarsen, intervalStart } from '../../wire/candles.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import { type Candle, DAY, INTERVALS, MINUTE } from '../../wire/market.ts'
import { type CandlesQuery, pageOf, readMinuteCandles } from '../market/candles.ts'
import type { Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { type Past, unlessAway } from './questions.ts'
import { type Written, writeList } from './written.ts'

/** Where candles are: the newest in Redis, all in the archive; null where there is none for whoever asks. */
export type CandleSources = { redis: Commands; archive: Past | null; unreadable: Unreadable }

/** Candles, oldest first, and the starts of those that late trades changed. */
export type Candles = { candles: Candle[]; changed: number[] }

/**
 * Minutes that are read of the archive for candles that Redis has a part of. Redis has 3,120 at the most; to these come
 * those of a day whose morning it has dropped.
 */
const MOST_MINUTES = 6000

/** Candles as asked for, of Redis and of the archive, as of Redis's cursor; null for no such symbol. */
export const readCandles = async (
  { redis, archive, unreadable }: CandleSources,
  query: CandlesQuery,
  work: Work,
): Promise<Written | null> => {
  // First of all: what Redis drops afterwards is in the archive by then.
  const held = await readMinuteCandles(redis, query, work, unreadable)
  if (archive === null) return held && writeCandles(query, held.cursor, await foldHeld(held.minutes, query, work), work)
  const joined = await unlessAway(archive, (inTime) => joinCandles(held?.minutes ?? [], inTime, query, work))
  if (held === null) {
    if (joined === null) throw new ArchiveAway('Whether there is such a symbol only the archive knows')
    if (joined.candles.length === 0 && !(await isArchived(archive, query.symbol))) return null
  }
  const candles = joined ?? (await foldHeld(held?.minutes ?? [], query, work))
  return writeCandles(query, held?.cursor ?? NOWHERE, candles, work, joined === null)
}

const foldHeld = (minutes: readonly Candle[], query: CandlesQuery, work: Work): Promise<Candles> =>
  work(() => ({ candles: pageOf(coarsen(minutes, INTERVALS[query.interval]), query), changed: [] }))

const isArchived = async (archive: Past, symbol: string): Promise<boolean> =>
  (await archive.candles({ symbol, interval: DAY, limit: 1 })).length > 0

/** What the archive is asked for a page of candles. */
export const wantedOf = ({ symbol, interval, limit, before, after }: CandlesQuery): CandlesWanted => ({
  symbol,
  interval: INTERVALS[interval],
  from: after === undefined ? undefined : after + 1,
  before,
  limit,
  oldest: after !== undefined,
})

/**
 * Joins the minutes that Redis holds of a page of candles with what is archived. Of what both have, the one with more
 * trades counts: a candle only grows. Candles that Redis has a part of are folded anew from the minutes of both.
 */
export const joinCandles = async (
  held: readonly Candle[],
  archive: Past,
  query: CandlesQuery,
  work: Work,
): Promise<Candles> => {
  const length = INTERVALS[query.interval]
  const stored = await archive.candles(wantedOf(query))
  const own = await work(() => coarsen(held, length))
  const whole = await work(() => pageOf(joinByStart(stored.map(candleOf), own), query))
  const minutes = length === MINUTE ? [] : await minutesOf(whole, own, { archive, symbol: query.symbol, length })
  return work(() => {
    // Whole candles count where more of their minutes were deleted, or are there, than are read.
    const folded = coarsen(joinByStart(minutes.map(candleOf), held), length)
    const candles = pageOf(joinByStart(whole, folded), query)
    return { candles, changed: changedOf(candles, [...stored, ...minutes], length) }
  })
}

/** The archived minutes of those candles of a page that Redis has a part of; the newest, where they are too many. */
const minutesOf = async (
  page: readonly Candle[],
  own: readonly Candle[],
  { archive, symbol, length }: { archive: Past; symbol: string; length: number },
): Promise<Stored[]> => {
  const [first, last] = [page[0]?.t ?? 0, page.at(-1)?.t ?? 0]
  const both = own.filter(({ t }) => t >= first && t <= last)
  const [from, to] = [both[0]?.t, both.at(-1)?.t]
  if (from === undefined || to === undefined) return []
  return archive.candles({ symbol, interval: MINUTE, from, before: to + length, limit: MOST_MINUTES })
}

const candleOf = ({ candle }: Stored): Candle => candle

/** All of both, oldest first. Of two of the same start the one with more trades counts, of equals that of `b`. */
export const joinByStart = (a: readonly Candle[], b: readonly Candle[]): Candle[] => {
  const joined = new Map(a.map((candle) => [candle.t, candle]))
  for (const candle of b) {
    const other = joined.get(candle.t)
    if (other === undefined || other.count <= candle.count) joined.set(candle.t, candle)
  }
  return [...joined.values()].sort((one, other) => one.t - other.t)
}

/** The starts of those of these candles that late trades changed. */
export const changedOf = (candles: readonly Candle[], stored: readonly Stored[], length: number): number[] => {
  const late = stored.filter(({ changed }) => changed !== undefined)
  const starts = new Set(late.map(({ candle }) => intervalStart(candle.t, length)))
  return candles.flatMap(({ t }) => (starts.has(t) ? [t] : []))
}

/** The answer as text: wire/api.ts `CandlesReply`. */
export const writeCandles = async (
  { symbol, interval }: CandlesQuery,
  cursor: Written['cursor'],
  { candles, changed }: Candles,
  work: Work,
  partial = false,
): Promise<Written> => {
  const more = { ...(changed.length > 0 && { changed }), ...(partial && { partial }) }
  const text = await writeList({ symbol, interval, cursor, ...more }, 'candles', candles, work)
  return { cursor, text, partial }
}
