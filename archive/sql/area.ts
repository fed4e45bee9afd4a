import { type RawBuilder, sql } from 'kysely'
import { type Bounds, quadkeysCovering } from '../../wire/cells.ts'
import type { Fix } from '../../wire/fleet.ts'
import { PLACE, PLACE_POWER } from './fix-rows.ts'
import { tileNumber } from './tiles.ts'

const wrapped = (lon: number): number => (lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180)

/** An area of the map, its edges included. Longitudes within 180 degrees; `west` above `east`: across the antimeridian. */
export type Area = Bounds

/** The area of bounds that may be unwrapped. */
export const areaOf = ({ west, south, east, north }: Bounds): Area =>
  east - west >= 360
    ? { west: -180, south, east: 180, north }
    : { west: wrapped(west), south, east: wrapped(east), north }

export const isIn = ({ west, south, east, north }: Area, { lat, lon }: Pick<Fix, 'lat' | 'lon'>): boolean => {
  if (lat < south || lat > north) return false
  return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east
}

/** The same in SQL, of a row `f` of `fixes`: the division gives just the number that it was. */
export const isInSql = ({ west, south, east, north }: Area): RawBuilder<boolean> => {
  const place = (column: 'lat' | 'lon') =>
    sql`(case when (f.flags & ${sql.lit(PLACE)}) = 0 then ${sql.ref(`f.${column}`)}
      else ${sql.ref(`f.${column}`)} / ${PLACE_POWER} end)`
  const lat = place('lat')
  const lon = place('lon')
  const across =
    west <= east ? sql`${lon} >= ${west} and ${lon} <= ${east}` : sql`(${lon} >= ${west} or ${lon} <= ${east})`
  return sql<boolean>`(${lat} >= ${south} and ${lat} <= ${north} and ${across})`
}

/** Tiles that cover it; null where they are too many to be looked up one by one. */
export const tilesOf = ({ west, east, ...rest }: Area): number[] | null =>
  quadkeysCovering({ west, east: west <= east ? east : east + 360, ...rest }, 0)?.map(tileNumber) ?? null
