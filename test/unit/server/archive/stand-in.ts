import { ArchiveAway, type FixRow, type MinuteRow, type Stored, type TradeRow } from '../../../../archive/archive.ts'
import type { Past } from '../../../../server/archive/questions.ts'
import type { Work } from '../../../../server/pieces.ts'
import { coarsen, intervalStart } from '../../../../wire/candles.ts'
import { isNewer } from '../../../../wire/fleet.ts'

export const work: Work = async (piece) => piece()

type Rows = { minutes?: readonly MinuteRow[]; trades?: readonly TradeRow[]; fixes?: readonly FixRow[] }

const cut = <T>(rows: readonly T[], limit: number, oldest = false): T[] =>
  oldest ? rows.slice(0, limit) : rows.slice(Math.max(rows.length - limit, 0))

/** Minutes folded into candles, which tell when one of theirs was changed last. */
const folded = (minutes: readonly MinuteRow[], interval: number): Stored[] =>
  [...Map.groupBy(minutes, ({ candle }) => intervalStart(candle.t, interval)).values()].flatMap((group) => {
    const candles = coarsen(
      group.map(({ candle }) => candle),
      interval,
    )
    const changed = Math.max(...group.map((row) => row.changed ?? 0))
    return candles.map((candle) => ({ candle, ...(changed > 0 && { changed }) }))
  })

/** An archive of these rows, as far as it is asked here; `asked`: the questions so far. */
export const archiveOf = ({ minutes = [], trades = [], fixes = [] }: Rows) => {
  const asked: string[] = []
  let away = false
  const answer = async <T>(question: string, rows: () => T): Promise<T> => {
    asked.push(question)
    if (away) throw new ArchiveAway('it was taken away')
    return rows()
  }
  const byTime = fixes.toSorted((a, b) => (isNewer(a.fix, b.fix) ? 1 : -1))
  const past: Past = {
    begin: () => answer('begin', () => minutes[0]?.candle.t ?? null),
    edge: () => answer('edge', () => null),
    slices: () => answer('slices', () => ({ market: [], fleet: [] })),
    candles: ({ symbol, interval, from = 0, before = Number.POSITIVE_INFINITY, limit, oldest }) =>
      answer(`candles ${interval}`, () => {
        const own = minutes.filter((row) => row.symbol === symbol).toSorted((a, b) => a.candle.t - b.candle.t)
        const all: Stored[] = interval === 60_000 ? own : folded(own, interval)
        const found = all.filter(({ candle }) => candle.t >= from && candle.t < before)
        return cut(found, limit, oldest)
      }),
    trades: (symbols, from, to, limit) =>
      answer('trades', () => {
        const found = trades.filter(({ symbol, trade }) => symbols.includes(symbol) && trade.t >= from && trade.t < to)
        return found.toSorted((a, b) => a.trade.t - b.trade.t || a.trade.id - b.trade.id).slice(0, limit)
      }),
    lastTrade: (symbol, before) =>
      answer('lastTrade', () => {
        const own = trades.filter((row) => row.symbol === symbol && row.trade.t < before)
        return own.toSorted((a, b) => a.trade.t - b.trade.t || a.trade.id - b.trade.id).at(-1) ?? null
      }),
    track: ({ device, from, to, limit, oldest }) =>
      answer('track', () => {
        const own = byTime.filter(({ fix }) => fix.id === device && fix.t >= from && fix.t <= to)
        return cut(own, limit, oldest)
      }),
    lastOfAll: () => answer('lastOfAll', () => []),
    visits: () => answer('visits', () => []),
    complete: () => answer('complete', () => null),
  }
  return { past, asked, takeAway: () => (away = true) }
}
