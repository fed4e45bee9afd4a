import type { Archive, FixRow } from '../archive.ts'
import type { Db, Engine } from './engine.ts'
import { fixRowOf } from './fix-rows.ts'
import type { Names } from './names.ts'
import type { Fixes } from './schema.ts'
import { tileNumber } from './tiles.ts'
import { sliceOf } from './times.ts'

/** Devices that had a fix in one of these tiles in the slices of [from, to). */
export const devicesIn = async (engine: Engine, db: Db, tiles: readonly number[], from: number, to: number) => {
  const query = db
    .selectFrom('stays')
    .select('device')
    .distinct()
    .where(engine.among('tile', tiles))
    .where('slice', '>=', sliceOf(from))
    .where('slice', '<=', sliceOf(to - 1))
  return (await query.execute()).map(({ device }) => device)
}

/** The rows with the names of their devices. */
export const named = async (db: Db, names: Names, rows: readonly Fixes[]): Promise<FixRow[]> => {
  const known = await names.of(
    db,
    rows.map(({ device }) => device),
  )
  return rows.map((row) => fixRowOf(known.get(row.device) ?? '', row))
}

/** Questions about fixes by time. */
export const fixReader = (engine: Engine, names: Names): Pick<Archive, 'track' | 'fixesOf' | 'fixesIn'> => ({
  track: async ({ device, from, to, limit, oldest = false }) => {
    const id = (await names.find(engine.reader, 'd', [device])).get(device)
    if (id === undefined) return []
    const query = engine.reader
      .selectFrom('fixes')
      .selectAll()
      .where('device', '=', id)
      .where('t', '>=', from)
      .where('t', '<=', to)
    const order = oldest ? 'asc' : 'desc'
    const rows = await query.orderBy('t', order).orderBy('n', order).limit(limit).execute()
    if (!oldest) rows.reverse()
    return rows.map((row) => fixRowOf(device, row))
  },
  fixesOf: async (devices, from, to, limit) => {
    const ids = [...(await names.find(engine.reader, 'd', devices)).values()]
    if (ids.length === 0 || to <= from) return []
    const query = engine.reader
      .selectFrom('fixes')
      .selectAll()
      .where(engine.among('device', ids))
      .where('t', '>=', from)
      .where('t', '<', to)
    const rows = await query.orderBy('t').orderBy('n').orderBy('device').limit(limit).execute()
    return named(engine.reader, names, rows)
  },
  fixesIn: async (quadkeys, from, to, limit) => {
    if (to <= from || quadkeys.length === 0) return []
    const tiles = quadkeys.map(tileNumber)
    const rows = await engine.reader.transaction().execute(async (db) => {
      const devices = await devicesIn(engine, db, tiles, from, to)
      if (devices.length === 0) return []
      const query = db
        .selectFrom('fixes')
        .selectAll()
        .where(engine.among('device', devices))
        .where('t', '>=', from)
        .where('t', '<', to)
        .where(engine.among('tile', tiles))
      return query.orderBy('t').orderBy('n').orderBy('device').limit(limit).execute()
    })
    return named(engine.reader, names, rows)
  },
})
