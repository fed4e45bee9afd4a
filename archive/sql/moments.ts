import { sql } from 'kysely'
import type { Db, Engine } from './engine.ts'
import type { Fixes } from './schema.ts'

/** Fixes that are read at once by their moments. */
const CHUNK = 5000

export type Moment = readonly [device: number, t: number]

/** All fixes that these devices made at just these moments. */
export const fixesAt = async (engine: Engine, db: Db, moments: readonly Moment[]): Promise<Fixes[]> => {
  const all: Fixes[] = []
  for (let i = 0; i < moments.length; i += CHUNK) {
    const pairs = engine.pairs(moments.slice(i, i + CHUNK))
    const { rows } = await sql<Fixes>`
      select f.* from ${pairs} cross join fixes f where f.device = p.a and f.t = p.b`.execute(db)
    for (const row of rows) all.push(row)
  }
  return all
}
