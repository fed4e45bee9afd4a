import { type RawBuilder, sql } from 'kysely'
import { SLICE_MS } from '../../wire/past.ts'
import type { Archive, Visit } from '../archive.ts'
import { type Area, areaOf, isIn, isInSql, tilesOf } from './area.ts'
import type { Db, Engine } from './engine.ts'
import { DOUBTFUL, fixOf } from './fix-rows.ts'
import { fixesAt, type Moment } from './moments.ts'
import type { Names } from './names.ts'
import type { Fixes } from './schema.ts'
import { sliceOf } from './tiles.ts'

type Range = { from: number; to: number }

/**
 * Where to look for fixes, as a table `s(device, a, b)`: devices, each with moments (ms, both included). Tiles say which
 * devices were near and when; of an area that has too many of them all devices are looked at, all the time.
 */
const places = (engine: Engine, tiles: readonly number[] | null, { from, to }: Range): RawBuilder<unknown> => {
  const [first, last] = [sql.lit(from), sql.lit(to - 1)]
  if (tiles === null) return sql`(select id as device, ${first} as a, ${last} as b from names where kind = 'd') as s`
  const length = sql.lit(SLICE_MS)
  return sql`(
    select device,
      case when slice = ${sql.lit(sliceOf(from))} then ${first} else slice * cast(${length} as bigint) end as a,
      case when slice = ${sql.lit(sliceOf(to - 1))} then ${last} else slice * cast(${length} as bigint) + ${length} - 1 end as b
    from (
      select distinct device, slice from stays
      where ${engine.among('tile', tiles)}
        and slice >= ${sql.lit(sliceOf(from))} and slice <= ${sql.lit(sliceOf(to - 1))}
    ) near
  ) as s`
}

/**
 * When devices were in the area first and last, by the first. Each look stops at the first fix that lies there, from one
 * end and from the other.
 */
const firstAndLast = async (engine: Engine, db: Db, area: Area, range: Range, limit: number) => {
  const look = (order: RawBuilder<unknown>) => sql`(
    select f.t from fixes f
    where f.device = s.device and f.t >= s.a and f.t <= s.b
      and (f.flags & ${sql.lit(DOUBTFUL)}) = 0 and ${isInSql(area)}
    order by ${order} limit 1)`
  const { rows } = await sql<{ device: number; first: number; last: number }>`
    with found as materialized (
      select s.device as device, ${look(sql`f.t, f.n`)} as first_t, ${look(sql`f.t desc, f.n desc`)} as last_t
      from ${places(engine, tilesOf(area), range)}
    )
    select device, min(first_t) as first, max(last_t) as last from found
    where first_t is not null group by device order by min(first_t), device limit ${limit}`.execute(db)
  return rows
}

/** Who was in an area, by the coordinates of fixes that are not doubtful. */
export const visitReader = (engine: Engine, names: Names): Pick<Archive, 'visits'> => ({
  visits: async (bounds, from, to, limit) => {
    if (to <= from) return []
    const area = areaOf(bounds)
    const { found, rows } = await engine.reader.transaction().execute(async (db) => {
      const found = await firstAndLast(engine, db, area, { from, to }, limit)
      const moments = found.flatMap(({ device, first, last }): Moment[] =>
        first === last
          ? [[device, first]]
          : [
              [device, first],
              [device, last],
            ],
      )
      return { found, rows: await fixesAt(engine, db, moments) }
    })
    const known = await names.of(
      engine.reader,
      found.map(({ device }) => device),
    )
    const byDevice = new Map<number, Fixes[]>()
    for (const row of rows) byDevice.set(row.device, [...(byDevice.get(row.device) ?? []), row])
    return found.flatMap(({ device }): Visit[] => {
      const id = known.get(device) ?? ''
      const fixes = (byDevice.get(device) ?? [])
        .map((row) => fixOf(id, row))
        .filter((fix) => !fix.doubtful && isIn(area, fix))
        .sort((a, b) => a.t - b.t || a.n - b.n)
      const [first, last] = [fixes[0], fixes.at(-1)]
      return first && last ? [{ id, first, last }] : []
    })
  },
})
