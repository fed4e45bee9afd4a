import { sql } from 'kysely'
import type { Archive, Value } from '../archive.ts'
import { COLUMNS, KEYS, type WithColumns } from './columns.ts'
import type { Db, Engine } from './engine.ts'
import type { Names } from './names.ts'
import { replacing, unlessThere } from './upsert.ts'

/** All tables, names first: in the others there are only their numbers. How far the archive goes comes last. */
const TABLES = ['names', ...(Object.keys(COLUMNS) as WithColumns[])] as const
type Movable = (typeof TABLES)[number]

/** Columns in order; a key is the first of them. */
const columnsOf = (table: Movable): string[] =>
  table === 'names' ? ['id', 'kind', 'name'] : COLUMNS[table].map(({ name }) => name)
const keyOf = (table: Movable): readonly string[] => (table === 'names' ? ['id'] : KEYS[table])

const known = (table: string): Movable => {
  const found = TABLES.find((name) => name === table)
  if (found === undefined) throw new Error(`There is no table ${table}`)
  return found
}

const refs = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)))

const readPage = async (db: Db, table: Movable, after: readonly Value[] | null, limit: number): Promise<Value[][]> => {
  const [columns, key] = [columnsOf(table), keyOf(table)]
  const behind = after && sql`where (${refs(key)}) > (${sql.join(after.slice(0, key.length))})`
  const { rows } = await sql<Record<string, Value>>`
    select ${refs(columns)} from ${sql.table(table)} ${behind ?? sql``} order by ${refs(key)} limit ${limit}`.execute(
    db,
  )
  return rows.map((row) => columns.map((name) => row[name] ?? null))
}

/** Names of one statement. */
const CHUNK = 500
const NO_COPY =
  'The archive to move to is not empty: it has other symbols or devices already. Move into a new one, or empty it.'

/** The same names have the same numbers afterwards, or it throws. */
const loadNames = async (engine: Engine, tx: Db, rows: readonly (readonly Value[])[]): Promise<void> => {
  const numbered = engine.name === 'postgres' ? sql`overriding system value` : sql``
  for (let i = 0; i < rows.length; i += CHUNK) {
    const some = rows.slice(i, i + CHUNK)
    const values = sql.join(some.map((row) => sql`(${sql.join(row)})`))
    await sql`insert into names (id, kind, name) ${numbered} values ${values} on conflict do nothing`.execute(tx)
    const ids = some.map(([id]) => Number(id))
    const there = await tx.selectFrom('names').selectAll().where('id', 'in', ids).execute()
    const texts = new Set(there.map(({ id, kind, name }) => `${id} ${kind} ${name}`))
    if (some.some((row) => !texts.has(row.join(' ')))) throw new Error(NO_COPY)
  }
  if (engine.name === 'postgres')
    await sql`select setval(pg_get_serial_sequence('names', 'id'), (select max(id) from names))`.execute(tx)
}

const load = (engine: Engine, table: Movable, rows: readonly (readonly Value[])[]): Promise<void> =>
  engine.writer.transaction().execute(async (tx) => {
    await engine.lock(tx)
    if (table === 'names') return loadNames(engine, tx, rows)
    const isKey = columnsOf(table).length === keyOf(table).length
    await engine.insert(tx, isKey ? unlessThere(table) : replacing(table, 'true'), rows)
  })

/** Rows as they are stored, out of one archive and into another, of whatever kind both are. */
export const mover = (engine: Engine, names: Names): Pick<Archive, 'tables' | 'page' | 'load'> => ({
  tables: TABLES,
  page: (table, after, limit) => readPage(engine.reader, known(table), after, limit),
  load: async (table, rows) => {
    if (rows.length === 0) return
    await load(engine, known(table), rows)
    if (table === 'names') names.forget()
  },
})
