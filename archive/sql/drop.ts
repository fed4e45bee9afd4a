import { sql } from 'kysely'
import { intervalStart } from '../../wire/candles.ts'
import { DAY, MINUTE } from '../../wire/market.ts'
import type { Kept } from '../archive.ts'
import type { Db, Engine } from './engine.ts'
import type { NameKind } from './names.ts'
import { sliceOf } from './times.ts'

/** Symbols or devices whose old rows are looked for at once. */
const NAMES = 100

type OfName = { table: 'trades' | 'minutes' | 'hours' | 'days' | 'fixes'; of: 'symbol' | 'device'; kind: NameKind }
const of = (table: OfName['table']): OfName =>
  table === 'fixes' ? { table, of: 'device', kind: 'd' } : { table, of: 'symbol', kind: 's' }

/** Which symbols or devices have rows older than `before`: one look at the first row of each. */
const namesWithOld = async (db: Db, { table, of, kind }: OfName, before: number): Promise<number[]> => {
  const { rows } = await sql<{ id: number }>`select id from names where kind = ${kind} and (
      select f.t from ${sql.table(table)} f where f.${sql.ref(of)} = names.id order by f.t limit 1
    ) < ${before} order by id limit ${sql.lit(NAMES)}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Drops some of the oldest rows of a symbol or device: `most`, and those of the same moment. */
const dropOf = async (db: Db, { table, of }: OfName, id: number, before: number, most: number): Promise<number> => {
  const own = sql`${sql.ref(of)} = ${id}`
  const { rows } = await sql<{ t: number }>`select t from ${sql.table(table)}
    where ${own} and t < ${before} order by t limit 1 offset ${sql.lit(most - 1)}`.execute(db)
  const last = rows[0]?.t ?? before - 1
  const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${own} and t <= ${last}`.execute(db)
  if (table === 'minutes') await sql`delete from seen where span = 1 and ${own} and t <= ${last}`.execute(db)
  return Number(numAffectedRows)
}

const dropByName = async (db: Db, which: OfName, before: number, most: number): Promise<number> => {
  let gone = 0
  for (;;) {
    const ids = await namesWithOld(db, which, before)
    if (ids.length === 0) return gone
    for (const id of ids) {
      gone += await dropOf(db, which, id, before, most - gone)
      if (gone >= most) return gone
    }
  }
}

const dropByTime = async (db: Db, table: string, key: string, time: string, before: number, most: number) => {
  const [name, columns, t] = [sql.table(table), sql.raw(key), sql.ref(time)]
  const { numAffectedRows = 0n } = await sql`delete from ${name} where (${columns}) in (
      select ${columns} from ${name} where ${t} < ${before} order by ${t} limit ${most})`.execute(db)
  return Number(numAffectedRows)
}

/** Once all rows of a kind that are so old have gone: nobody is told any more that there is something. */
const tidy = async (db: Db, kind: NameKind | 'm', before: number): Promise<void> => {
  const topics = [`${kind}:`, `${kind};`] as const
  const began = db.updateTable('began').set({ t: before }).where('t', '<', before)
  await began.where('topic', '>=', topics[0]).where('topic', '<', topics[1]).execute()
  if (kind === 'm') return
  const of = kind === 's' ? 'market' : 'fleet'
  const slice = sliceOf(before)
  await db
    .updateTable('slices')
    .set({ [of]: 0 })
    .where('slice', '<', slice)
    .where(of, '=', 1)
    .execute()
  await db.deleteFrom('slices').where('slice', '<', slice).where('market', '=', 0).where('fleet', '=', 0).execute()
}

const dropFixes = async (db: Db, before: number, most: number): Promise<number> => {
  const gone = await dropByName(db, of('fixes'), before, most)
  if (gone >= most) return gone
  await dropByTime(db, 'stays', 'tile, slice, device', 'slice', sliceOf(before), most)
  await tidy(db, 'd', before)
  return gone
}

/** Whole hours go, so that none is folded anew from a part of its minutes. */
const dropMinutes = async (db: Db, before: number, most: number): Promise<number> => {
  const start = intervalStart(before, 60 * MINUTE)
  const gone = await dropByName(db, of('minutes'), start / MINUTE, most)
  if (gone < most) await tidy(db, 's', start)
  return gone
}

const dropCandles = async (db: Db, before: number, most: number): Promise<number> => {
  const start = intervalStart(before, DAY) / MINUTE
  let gone = 0
  for (const table of ['hours', 'days'] as const)
    if (gone < most) gone += await dropByName(db, of(table), start, most - gone)
  if (gone < most) await db.deleteFrom('seen').where('span', '>', 1).where('t', '<', start).execute()
  return gone
}

const dropMessages = async (db: Db, before: number, most: number): Promise<number> => {
  const gone = await dropByTime(db, 'messages', 'room, t, n', 't', before, most)
  if (gone < most) await tidy(db, 'm', before)
  return gone
}

const DROPS: Record<Kept, (db: Db, before: number, most: number) => Promise<number>> = {
  trades: (db, before, most) => dropByName(db, of('trades'), before, most),
  minutes: dropMinutes,
  candles: dropCandles,
  fixes: dropFixes,
  events: (db, before, most) => dropByTime(db, 'events', 'device, id', 'at', before, most),
  messages: dropMessages,
  record: (db, before, most) => dropByTime(db, 'record', 't, n', 't', before, most),
}

/** Drops some of the old rows of a kind, in one transaction. */
export const dropOld = (engine: Engine, kind: Kept, before: number, most: number): Promise<number> =>
  engine.writer.transaction().execute(async (tx) => {
    await engine.lock(tx)
    return most > 0 ? DROPS[kind](tx, before, most) : 0
  })
