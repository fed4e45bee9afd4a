import { ArchiveAway } from '../../archive/archive.ts'

/** Asks the archive for rows of [from, to), oldest first, `limit` at the most. */
export type Ask<Row> = (from: number, to: number, limit: number) => Promise<Row[]>
/** All rows of a stretch up to `to`. */
export type Page<Row> = { rows: Row[]; to: number }

/** More rows of one moment, or of one state, than these are never read. */
const MOST_ROWS = 100_000

/**
 * The first rows of [from, to): some `most` of them. `to` comes nearer where there are more. Rows of one millisecond are
 * never parted.
 */
export const firstRows = async <Row>(
  ask: Ask<Row>,
  timeOf: (row: Row) => number,
  from: number,
  to: number,
  most: number,
): Promise<Page<Row>> => {
  for (let limit = most; limit <= MOST_ROWS; limit *= 4) {
    const rows = await ask(from, to, limit)
    const last = rows.at(-1)
    if (last === undefined || rows.length < limit) return { rows, to }
    const end = timeOf(last)
    if (end > from) return { rows: rows.filter((row) => timeOf(row) < end), to: end }
  }
  throw new ArchiveAway(`more than ${MOST_ROWS} rows of one moment`)
}

const AT_ONCE = 5000

/** All rows of [from, to). Rejects where these are too many. */
export const allRows = async <Row>(
  ask: Ask<Row>,
  timeOf: (row: Row) => number,
  from: number,
  to: number,
): Promise<Row[]> => {
  const all: Row[] = []
  for (let at = from; at < to; ) {
    const page = await firstRows(ask, timeOf, at, to, AT_ONCE)
    for (const row of page.rows) all.push(row)
    if (all.length > MOST_ROWS) throw new ArchiveAway(`more than ${MOST_ROWS} rows of one state`)
    at = page.to
  }
  return all
}
