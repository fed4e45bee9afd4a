import { type RawBuilder, sql } from 'kysely'
import { SLICE_MS } from '../../wire/past.ts'
import type { Archive, Visit } from '../archive.ts'
import { type Area, areaOf, blocksOf, isIn, isInSql, tilesOf } from './area.ts'
import type { Db, Engine } from './engine.ts'
import { DOUBTFUL, fixOf } from './fix-rows.ts'
import { fixesAt, type Moment } from './moments.ts'
import type { Names } from './names.ts'
import type { Fixes } from './schema.ts'
import { sliceOf } from './times.ts'

type Range = { from: number; to: number }

/**
 * Who was near, as a table `near(device, x, y)`, from slice `x` to slice `y`. In a small area each slice is one such stay.
 * Of a large one only the first and the last count: a device that was near then was hardly ever outside.
 */
const near = (engine: Engine, area: Area, first: number, last: number): RawBuilder<unknown> => {
  const tiles = tilesOf(area)
  const slices = sql`slice >= ${sql.lit(first)} and slice <= ${sql.lit(last)}`
  if (tiles)
    return sql`select distinct device, slice as x, slice as y from stays
      where ${engine.among('tile', tiles)} and ${slices}`
  return sql`select stays.device as device, min(stays.slice) as x, max(stays.slice) as y
    from (select slice from slices where ${slices}) t cross join ${engine.pairs(blocksOf(area))} cross join stays
    where stays.slice = t.slice and stays.tile >= p.a and stays.tile < p.b group by stays.device`
}

/** Where to look for fixes, as a table `s(device, a, b)`: devices, each with moments (ms, both included). */
const places = (engine: Engine, area: Area, { from, to }: Range): RawBuilder<unknown> => {
  const [first, last] = [sliceOf(from), sliceOf(to - 1)]
  const length = sql`cast(${sql.lit(SLICE_MS)} as bigint)`
  return sql`(
    select device,
      case when x = ${sql.lit(first)} then ${sql.lit(from)} else x * ${length} end as a,
      case when y = ${sql.lit(last)} then ${sql.lit(to - 1)} else y * ${length} + ${length} - 1 end as b
    from (${near(engine, area, first, last)}) near
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
      from ${places(engine, area, range)}
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
