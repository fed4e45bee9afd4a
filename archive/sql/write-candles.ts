import { sql } from 'kysely'
import { intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE } from '../../wire/market.ts'
import type { MinuteRow, Stored } from '../archive.ts'
import { candleOf, candleValues, foldStored, LEVELS, type Level, storedOf } from './candle-rows.ts'
import type { Db, Engine, Value } from './engine.ts'
import type { Candles, Seen } from './schema.ts'
import { replacing, unlessThere } from './upsert.ts'

/** Candles of so many hours, or days, are read at once to be folded. */
const CHUNK = 64

/**
 * Of a candle the state with more trades wins, for it only grows; of two with as many the one that comes later. So
 * neither what Redis lost nor minutes that were dropped make one smaller.
 */
const upsert = (table: 'minutes' | 'hours' | 'days') =>
  replacing(table, `excluded.count >= ${table}.count`, { changed: `coalesce(excluded.changed, ${table}.changed)` })
const SEEN_ONCE = unlessThere('seen')
const SEEN_ANEW = replacing('seen', 'true')

const put = async (engine: Engine, tx: Db, level: Level, rows: readonly (readonly [number, Stored])[]) => {
  const values = rows.map(([symbol, { candle, changed }]) => [...candleValues(symbol, candle), changed ?? null])
  await engine.insert(tx, upsert(level.table), values)
  const seen: Value[][] = rows.flatMap(([symbol, stored]) =>
    stored.seen ? [[level.span, ...candleValues(symbol, stored.seen)]] : [],
  )
  if (seen.length > 0) await engine.insert(tx, level.span === 1 ? SEEN_ONCE : SEEN_ANEW, seen)
}

type Bucket = readonly [symbol: number, t: number]

/** What the candles of a level are folded from: those of the level below in these hours or days, oldest first. */
const below = async (engine: Engine, tx: Db, from: Level, span: number, buckets: readonly Bucket[]) => {
  const pairs = engine.pairs(buckets)
  const { rows } = await sql<Candles>`select c.* from ${pairs} cross join ${sql.table(from.table)} c
    where c.symbol = p.a and c.t >= p.b and c.t < p.b + ${sql.lit(span)} order by c.symbol, c.t`.execute(tx)
  if (rows.every(({ changed }) => changed === null)) return { rows, seen: [] }
  const seen = await sql<Seen>`select c.* from ${pairs} cross join seen c
    where c.span = ${sql.lit(from.span)} and c.symbol = p.a and c.t >= p.b and c.t < p.b + ${sql.lit(span)}`.execute(tx)
  return { rows, seen: seen.rows }
}

const foldChunk = async (engine: Engine, tx: Db, from: Level, to: Level, buckets: readonly Bucket[]): Promise<void> => {
  const { rows, seen } = await below(engine, tx, from, to.span, buckets)
  const before = new Map<number, Map<number, Candle>>()
  for (const row of seen) {
    const ofSymbol = before.get(row.symbol) ?? new Map<number, Candle>()
    before.set(row.symbol, ofSymbol.set(row.t * MINUTE, candleOf(row)))
  }
  const none = new Map<number, Candle>()
  const bySymbol = new Map<number, Stored[]>()
  for (const row of rows) {
    const stored = storedOf(row, before.get(row.symbol) ?? none)
    const there = bySymbol.get(row.symbol)
    if (there) there.push(stored)
    else bySymbol.set(row.symbol, [stored])
  }
  const folded = [...bySymbol].flatMap(([symbol, stored]) =>
    foldStored(stored, to.span * MINUTE).map((each) => [symbol, each] as const),
  )
  await put(engine, tx, to, folded)
}

/** Writes minutes, and folds the hours and days that they lie in anew. */
export const writeMinutes = async (
  engine: Engine,
  tx: Db,
  symbols: ReadonlyMap<string, number>,
  rows: readonly MinuteRow[],
): Promise<void> => {
  if (rows.length === 0) return
  const numbered = rows.map(({ symbol, ...row }) => [symbols.get(symbol) ?? 0, row] as const)
  const [minutes, ...longer] = LEVELS
  await put(engine, tx, minutes, numbered)
  let from: Level = minutes
  for (const level of longer) {
    const buckets = new Map<string, Bucket>()
    for (const [symbol, { candle }] of numbered) {
      const t = intervalStart(candle.t, level.span * MINUTE) / MINUTE
      buckets.set(`${symbol} ${t}`, [symbol, t])
    }
    const all = [...buckets.values()]
    for (let i = 0; i < all.length; i += CHUNK) await foldChunk(engine, tx, from, level, all.slice(i, i + CHUNK))
    from = level
  }
}
