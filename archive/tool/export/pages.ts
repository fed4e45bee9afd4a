import { INTERVALS } from '../../../wire/market.ts'
import { isBefore, type OrderKey } from '../../../wire/order.ts'
import type { Archive, FixRow, Stored, TradeRow } from '../../archive.ts'
import type { ExportOrder } from '../order.ts'

/** Rows that are asked for at once. */
const PAGE = 5000

/**
 * All rows in order, page by page. Several may have the same time, so a page begins again with the time at which the
 * last one ended; where one time fills a whole page, more are asked for.
 */
async function* inOrder<Row>(
  read: (from: number, limit: number) => Promise<Row[]>,
  keyOf: (row: Row) => OrderKey,
  start: number,
): AsyncGenerator<Row[]> {
  let [from, limit] = [start, PAGE]
  let last: OrderKey | null = null
  for (;;) {
    const rows = await read(from, limit)
    const known = last
    const fresh = known === null ? rows : rows.filter((row) => isBefore(known, keyOf(row)))
    if (fresh.length > 0) yield fresh
    const end = fresh.at(-1)
    if (end !== undefined) last = keyOf(end)
    if (rows.length < limit) return
    const next = last?.[0] ?? from
    limit = next === from ? limit * 2 : PAGE
    from = next
  }
}

type Wanted = Pick<ExportOrder, 'name' | 'from' | 'to' | 'interval'>

export async function* candlePages(
  archive: Pick<Archive, 'candles'>,
  { name, from, to, interval }: Wanted,
): AsyncGenerator<Stored[]> {
  const wanted = { symbol: name, interval: INTERVALS[interval], before: to, limit: PAGE, oldest: true }
  let next = from
  for (;;) {
    const page = await archive.candles({ ...wanted, from: next })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    next = last.candle.t + 1
  }
}

export const tradePages = (archive: Pick<Archive, 'trades'>, { name, from, to }: Wanted): AsyncGenerator<TradeRow[]> =>
  inOrder(
    (since, limit) => archive.trades([name], since, to, limit),
    ({ trade }) => [trade.t, trade.id],
    from,
  )

export const trackPages = (archive: Pick<Archive, 'track'>, { name, from, to }: Wanted): AsyncGenerator<FixRow[]> =>
  inOrder(
    (since, limit) => archive.track({ device: name, from: since, to: to - 1, limit, oldest: true }),
    ({ fix }) => [fix.t, fix.n],
    from,
  )
