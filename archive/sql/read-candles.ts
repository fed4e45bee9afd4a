import { type Candle, MINUTE } from '../../wire/market.ts'
import type { Archive, CandlesWanted, MinuteRow, Stored } from '../archive.ts'
import { candleOf, foldStored, LEVELS, type Level, storedOf } from './candle-rows.ts'
import type { Db, Engine } from './engine.ts'
import type { Names } from './names.ts'
import type { Candles } from './schema.ts'
import { minuteFrom } from './times.ts'

/** The longest stored interval of which this one (ms) is a multiple. */
const levelOf = (interval: number): Level =>
  LEVELS.findLast(({ span }) => interval % (span * MINUTE) === 0) ?? LEVELS[0]

/** What these candles of a level were before late trades. */
const seenOf = async (db: Db, { span }: Level, rows: readonly Candles[]): Promise<Map<number, Map<number, Candle>>> => {
  const bySymbol = new Map<number, Map<number, Candle>>()
  const changed = rows.filter((row) => row.changed !== null)
  if (changed.length === 0) return bySymbol
  const times = changed.map(({ t }) => t)
  const query = db
    .selectFrom('seen')
    .selectAll()
    .where('span', '=', span)
    .where('symbol', 'in', [...new Set(changed.map(({ symbol }) => symbol))])
    .where(
      't',
      '>=',
      times.reduce((a, b) => Math.min(a, b)),
    )
    .where(
      't',
      '<=',
      times.reduce((a, b) => Math.max(a, b)),
    )
  for (const row of await query.execute()) {
    const ofSymbol = bySymbol.get(row.symbol) ?? new Map<number, Candle>()
    bySymbol.set(row.symbol, ofSymbol.set(row.t * MINUTE, candleOf(row)))
  }
  return bySymbol
}

const withSeen = async (db: Db, level: Level, rows: readonly Candles[]): Promise<[symbol: number, Stored][]> => {
  const seen = await seenOf(db, level, rows)
  const none = new Map<number, Candle>()
  return rows.map((row) => [row.symbol, storedOf(row, seen.get(row.symbol) ?? none)])
}

/** Candles are read from the level that they are folded from: enough of it for the whole page, however few there are. */
const read = async (db: Db, symbol: number, wanted: CandlesWanted): Promise<Stored[]> => {
  const { interval, from, before, limit, oldest = false } = wanted
  const level = levelOf(interval)
  const length = level.span * MINUTE
  // All levels are alike.
  let query = db
    .selectFrom(level.table as 'minutes')
    .selectAll()
    .where('symbol', '=', symbol)
  if (from !== undefined) query = query.where('t', '>=', minuteFrom(from, interval))
  if (before !== undefined) query = query.where('t', '<', minuteFrom(before, interval))
  const rows = await query
    .orderBy('t', oldest ? 'asc' : 'desc')
    .limit(limit * Math.ceil(interval / length))
    .execute()
  if (!oldest) rows.reverse()
  const stored = (await withSeen(db, level, rows)).map(([, each]) => each)
  const folded = interval === length ? stored : foldStored(stored, interval)
  return oldest ? folded.slice(0, limit) : folded.slice(-limit)
}

/** Questions about candles. */
export const candleReader = (engine: Engine, names: Names): Pick<Archive, 'candles' | 'minutes'> => ({
  candles: async (wanted) => {
    const symbol = (await names.find(engine.reader, 's', [wanted.symbol])).get(wanted.symbol)
    if (symbol === undefined || wanted.limit <= 0) return []
    return engine.reader.transaction().execute((db) => read(db, symbol, wanted))
  },
  minutes: async (symbols, from, to, limit) => {
    const ids = [...(await names.find(engine.reader, 's', symbols)).values()]
    if (ids.length === 0) return []
    const rows = await engine.reader.transaction().execute(async (db) => {
      const query = db
        .selectFrom('minutes')
        .selectAll()
        .where(engine.among('symbol', ids))
        .where('t', '>=', minuteFrom(from))
        .where('t', '<', minuteFrom(to))
      return withSeen(db, LEVELS[0], await query.orderBy('t').orderBy('symbol').limit(limit).execute())
    })
    const known = await names.of(engine.reader, ids)
    return rows.map(([id, stored]): MinuteRow => ({ symbol: known.get(id) ?? '', ...stored }))
  },
})
