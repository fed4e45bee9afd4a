import type { Db } from './engine.ts'
import type { Names as Row } from './schema.ts'

export type NameKind = Row['kind']
/** The most names in memory; beyond it all are forgotten and asked anew. */
const MOST = 300_000
/** Names of one question. */
const CHUNK = 500

/** Names of symbols and devices, and the numbers that tables have in their place. */
export type Names = {
  /** Numbers of these names; new ones are made, which stay though nothing else may be written. */
  make: (db: Db, kind: NameKind, names: Iterable<string>) => Promise<Map<string, number>>
  /** Numbers of those that are known. */
  find: (db: Db, kind: NameKind, names: Iterable<string>) => Promise<Map<string, number>>
  /** Names by these numbers. */
  of: (db: Db, ids: Iterable<number>) => Promise<Map<number, string>>
  /** The database may be another one now. */
  forget: () => void
}

const chunks = function* <T>(all: readonly T[]): Generator<T[]> {
  for (let i = 0; i < all.length; i += CHUNK) yield all.slice(i, i + CHUNK)
}

export const createNames = (): Names => {
  const ids = new Map<string, number>()
  const names = new Map<number, string>()
  const forget = (): void => {
    ids.clear()
    names.clear()
  }
  const learn = (rows: readonly { id: number; kind: NameKind; name: string }[]): void => {
    if (names.size + rows.length > MOST) forget()
    for (const { id, kind, name } of rows) {
      ids.set(kind + name, id)
      names.set(id, name)
    }
  }
  const find: Names['find'] = async (db, kind, wanted) => {
    const found = new Map<string, number>()
    const missing: string[] = []
    for (const name of new Set(wanted)) {
      const id = ids.get(kind + name)
      if (id === undefined) missing.push(name)
      else found.set(name, id)
    }
    for (const chunk of chunks(missing)) {
      const query = db.selectFrom('names').selectAll().where('kind', '=', kind).where('name', 'in', chunk)
      const rows = await query.execute()
      learn(rows)
      for (const { name, id } of rows) found.set(name, id)
    }
    return found
  }
  const make: Names['make'] = async (db, kind, wanted) => {
    const all = new Set(wanted)
    const found = await find(db, kind, all)
    const missing = [...all].filter((name) => !found.has(name))
    for (const chunk of chunks(missing)) {
      const rows = chunk.map((name) => ({ kind, name }))
      await db
        .insertInto('names')
        .values(rows)
        .onConflict((at) => at.doNothing())
        .execute()
    }
    return missing.length === 0 ? found : new Map([...found, ...(await find(db, kind, missing))])
  }
  const of: Names['of'] = async (db, wanted) => {
    const found = new Map<number, string>()
    const missing: number[] = []
    for (const id of new Set(wanted)) {
      const name = names.get(id)
      if (name === undefined) missing.push(id)
      else found.set(id, name)
    }
    for (const chunk of chunks(missing)) {
      const rows = await db.selectFrom('names').selectAll().where('id', 'in', chunk).execute()
      learn(rows)
      for (const { id, name } of rows) found.set(id, name)
    }
    return found
  }
  return { make, find, of, forget }
}
