import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool, types } from 'pg'
import { COLUMNS, type ColumnType } from '../columns.ts'
import { type Db, type Engine, type Insert, type TableShape, type Trouble, Unfit, type Value } from '../engine.ts'
import type { Schema, Table } from '../schema.ts'
import { rounds } from './rounds.ts'

/** Connections of a node. */
const CONNECTIONS = 4
const CONNECT_MS = 3000
/** The longest a question may take, there; and here, where a server does not say anything any more. */
const STATEMENT_MS = 30_000
const SILENT_MS = 40_000
/** The number of the lock that whoever writes holds. */
const WRITER_LOCK = 7_704_601
/** Classes of errors that are faults of ours: data, constraints' and statements' (postgresql.org, appendix A). */
const FAULTS = /^(?:0A|21|22|23|42)...$/
/** A wrong name or password, and a database that is not there. */
const LASTING = /^(?:28|3D)...$/
/** More rows than these are estimated. */
const COUNTED = 1_000_000
const INT8 = 20

const TYPES = {
  count: 'integer',
  integer: 'bigint',
  real: 'double precision',
  text: 'text collate "C"',
} as const satisfies Record<ColumnType, string>
const ARRAYS = { count: 'integer', integer: 'bigint', real: 'float8', text: 'text' } as const

const create = ({ name, columns, key }: TableShape): string => {
  const lines = columns.map((each) => `${each.name} ${TYPES[each.type]}${each.optional ? '' : ' not null'}`)
  return `create table ${name} (${lines.join(', ')}, primary key (${key.join(', ')}))`
}

const CREATE_NAMES = `create table names (id integer generated always as identity primary key,
  kind text collate "C" not null, name text collate "C" not null, unique (kind, name))`

/** PostgreSQL holds no text with the character 0. */
const held = (value: Value | undefined): Value => {
  if (typeof value === 'string' && value.includes('\0')) return value.replaceAll('\0', '\uFFFD')
  return value ?? null
}

const insert = async (db: Db, { table, conflict }: Insert, rows: readonly (readonly Value[])[]): Promise<number> => {
  const names = COLUMNS[table].map(({ name }) => name).join(', ')
  const arrays = COLUMNS[table].map(({ type }, i) => `$${i + 1}::${ARRAYS[type]}[]`).join(', ')
  const text = `insert into ${table} (${names}) select * from unnest(${arrays}) on conflict ${conflict}`
  const statement = sql.raw(text).compile(db)
  let written = 0
  for (const round of conflict.endsWith('do nothing') ? [rows] : rounds(table, rows)) {
    const parameters = COLUMNS[table].map((_, i) => round.map((row) => held(row[i])))
    const { numAffectedRows = 0n } = await db.executeQuery({ ...statement, parameters })
    written += Number(numAffectedRows)
  }
  return written
}

const trouble = (error: unknown): Trouble | null => {
  const { code, message } = error as { code?: string; message?: string }
  const isFault = code === undefined ? error instanceof TypeError : FAULTS.test(code)
  return isFault ? null : { text: message || code || 'no answer', lasts: LASTING.test(code ?? '') }
}

const check = async (db: Db): Promise<void> => {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db)
  const encoding = rows[0]?.server_encoding
  if (encoding !== 'UTF8') throw new Unfit(`its encoding is ${encoding}: create a database with the encoding UTF8`)
}

const count = async (db: Db, table: Table): Promise<number> => {
  const about = await sql<{ rows: number }>`
    select reltuples::bigint as rows from pg_class where oid = ${table}::regclass`.execute(db)
  const estimate = about.rows[0]?.rows ?? 0
  if (estimate > COUNTED) return estimate
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db)
  return rows[0]?.rows ?? 0
}

const bytes = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ bytes: number }>`
    select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
    where relkind = 'r' and relnamespace = current_schema()::text::regnamespace`.execute(db)
  return rows[0]?.bytes ?? 0
}

const bytesOf = async (db: Db): Promise<Map<string, number>> => {
  const { rows } = await sql<{ name: string; bytes: number }>`
    select relname as name, pg_total_relation_size(oid)::bigint as bytes from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(db)
  return new Map(rows.map(({ name, bytes }) => [name, bytes]))
}

const createPool = (url: string): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: SILENT_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS,
    application_name: 'watchfloor',
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)) },
  })
  // A connection broke while it was idle, or between two statements: the pool drops it, and the next statement says so.
  const ignore = (): void => {}
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

/** The archive in a PostgreSQL server: for nodes of several machines. */
export const createPostgres = (url: string): Engine => {
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: createPool(url) }) })
  return {
    name: 'postgres',
    reader: db,
    writer: db,
    insert,
    among: (column, numbers) => sql<boolean>`${sql.ref(column)} = any(${numbers}::integer[])`,
    pairs: (rows) => sql`unnest(${rows.map(([a]) => a)}::integer[], ${rows.map(([, b]) => b)}::bigint[]) as p(a, b)`,
    create,
    createNames: CREATE_NAMES,
    lock: async (tx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(WRITER_LOCK)})`.execute(tx)
    },
    check,
    count,
    bytes,
    bytesOf,
    vacuum: async () => {}, // autovacuum does
    trouble,
    close: () => db.destroy(),
  }
}
