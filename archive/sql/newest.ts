import { type RawBuilder, sql } from 'kysely'
import type { Archive } from '../archive.ts'
import type { Db, Engine } from './engine.ts'
import { DOUBTFUL } from './fix-rows.ts'
import { fixesAt, type Moment } from './moments.ts'
import type { Names } from './names.ts'
import { devicesIn, named } from './read-fixes.ts'
import type { Fixes } from './schema.ts'
import { tileNumber } from './tiles.ts'

/**
 * When each of these devices was heard last in [since, before), newest first. One look into the key of `fixes` for each:
 * a subquery in the list of what is selected stays one, in both databases.
 */
const newestMoments = async (db: Db, which: RawBuilder<boolean>, since: number, before: number, limit: number) => {
  const { rows } = await sql<{ device: number; t: number }>`
    with newest as materialized (
      select names.id as device, (
        select f.t from fixes f
        where f.device = names.id and f.t >= ${since} and f.t < ${before} and (f.flags & ${sql.lit(DOUBTFUL)}) = 0
        order by f.t desc, f.n desc limit 1
      ) as t
      from names where ${which}
    )
    select device, t from newest where t is not null order by t desc, device limit ${limit}`.execute(db)
  return rows.map(({ device, t }): Moment => [device, t])
}

/** Of each device the newest of its fixes that is not doubtful. */
const newestOf = (rows: readonly Fixes[]): Fixes[] => {
  const newest = new Map<number, Fixes>()
  for (const row of rows) {
    const other = newest.get(row.device)
    if ((row.flags & DOUBTFUL) === 0 && (!other || other.n < row.n)) newest.set(row.device, row)
  }
  return [...newest.values()].sort((a, b) => b.t - a.t || a.device - b.device)
}

/** Where devices were at a moment. */
export const newestReader = (engine: Engine, names: Names): Pick<Archive, 'lastIn' | 'lastOfAll'> => ({
  lastIn: async (quadkeys, since, before, limit) => {
    if (before <= since || quadkeys.length === 0) return []
    const tiles = new Set(quadkeys.map(tileNumber))
    const rows = await engine.reader.transaction().execute(async (db) => {
      const devices = await devicesIn(engine, db, [...tiles], since, before)
      const which = engine.among('names.id', devices)
      return newestOf(await fixesAt(engine, db, await newestMoments(db, which, since, before, devices.length)))
    })
    return named(engine.reader, names, rows.filter(({ tile }) => tiles.has(tile)).slice(0, limit))
  },
  lastOfAll: async (since, before, limit) => {
    const rows = await engine.reader.transaction().execute(async (db) => {
      const which = sql<boolean>`names.kind = 'd'`
      return newestOf(await fixesAt(engine, db, await newestMoments(db, which, since, before, limit)))
    })
    return named(engine.reader, names, rows)
  },
})
