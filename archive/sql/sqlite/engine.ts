import { Kysely, sql } from 'kysely'
import { COLUMNS } from '../columns.ts'
import type { Db, Engine, Insert, TableShape, Trouble, Value } from '../engine.ts'
import type { Schema, Table } from '../schema.ts'
import { createSqliteDialect, Rows } from './dialect.ts'
import { SqliteError } from './thread.ts'
import { createThreads } from './threads.ts'

const READERS = 2
/** Pages that one vacuum gives back: 16 MB. */
const VACUUM_PAGES = 4096
/** Results that are faults of ours: SQLITE_ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE. */
const FAULTS = new Set([1, 19, 20, 21, 25])
/** Others hold it: SQLITE_BUSY, LOCKED. */
const BUSY = new Set([5, 6])

const TYPES = { count: 'integer', integer: 'integer', real: 'real', text: 'text' } as const

const create = ({ name, columns, key }: TableShape): string => {
  const lines = columns.map((each) => `${each.name} ${TYPES[each.type]}${each.optional ? '' : ' not null'}`)
  return `create table ${name} (${lines.join(', ')}, primary key (${key.join(', ')})) strict, without rowid`
}

const CREATE_NAMES =
  'create table names (id integer primary key, kind text not null, name text not null, unique (kind, name)) strict'

const insert = async (db: Db, { table, conflict }: Insert, rows: readonly (readonly Value[])[]): Promise<number> => {
  const names = COLUMNS[table].map(({ name }) => name).join(', ')
  const marks = COLUMNS[table].map(() => '?').join(', ')
  const text = `insert into ${table} (${names}) values (${marks}) on conflict ${conflict}`
  const { numAffectedRows = 0n } = await db.executeQuery({ ...sql.raw(text).compile(db), parameters: [new Rows(rows)] })
  return Number(numAffectedRows)
}

const trouble = (error: unknown): Trouble | null => {
  if (!(error instanceof SqliteError) || error.errcode === null) return null
  const result = error.errcode & 255
  return FAULTS.has(result) ? null : { text: error.message, lasts: !BUSY.has(result) }
}

const count = async (db: Db, table: Table): Promise<number> => {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db)
  return rows[0]?.rows ?? 0
}

const bytes = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ bytes: number }>`
    select page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(db)
  return rows[0]?.bytes ?? 0
}

const bytesOf = async (db: Db): Promise<Map<string, number>> => {
  const { rows } = await sql<{ name: string; bytes: number }>`
    select s.tbl_name as name, sum(d.pgsize) as bytes from dbstat as d join sqlite_schema as s on s.name = d.name
    where d.aggregate = true group by s.tbl_name`.execute(db)
  return new Map(rows.map(({ name, bytes }) => [name, bytes]))
}

/** The archive in a file. Node's event loop never waits for it: threads do. */
export const createSqlite = (path: string): Engine => {
  const writing = createThreads({ path, isReader: false }, 1)
  const reading = createThreads({ path, isReader: true }, READERS)
  const writer = new Kysely<Schema>({ dialect: createSqliteDialect(writing, 'begin immediate') })
  const reader = new Kysely<Schema>({ dialect: createSqliteDialect(reading, 'begin') })
  return {
    name: 'sqlite',
    reader,
    writer,
    insert,
    among: (column, numbers) =>
      sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(numbers)}))`,
    pairs: (rows) => sql`(select value ->> 0 as a, value ->> 1 as b from json_each(${JSON.stringify(rows)})) as p`,
    create,
    createNames: CREATE_NAMES,
    lock: async () => {}, // `begin immediate` has taken it
    check: async () => {},
    count,
    bytes,
    bytesOf,
    vacuum: async () => {
      await sql.raw(`pragma incremental_vacuum(${VACUUM_PAGES})`).execute(writer)
    },
    trouble,
    close: async () => {
      await Promise.all([writing.close(), reading.close()])
    },
  }
}
