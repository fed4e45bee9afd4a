import type { Kysely, RawBuilder } from 'kysely'
import type { Column, WithColumns } from './columns.ts'
import type { Schema, Table } from './schema.ts'

/** A connection, or a transaction on one. */
export type Db = Kysely<Schema>

/** What is done where a row of the same key is there already: nothing, or as the rest of the statement says. */
export type Insert = {
  table: WithColumns
  /** What follows `on conflict`, as in `(t) do nothing`: the same in both dialects. */
  conflict: string
}

/** A database that the archive lies in, with all in which SQLite and PostgreSQL differ. */
export type Engine = {
  readonly name: 'sqlite' | 'postgres'
  /** For questions; several at a time. */
  readonly reader: Db
  /** For what writes. SQLite has one at a time. */
  readonly writer: Db
  /** Inserts many rows at once; values by the order of the columns. Returns how many rows it wrote. */
  insert: (db: Db, insert: Insert, rows: readonly (readonly Value[])[]) => Promise<number>
  /** Whether a column holds one of these numbers: one parameter, however many they are. */
  among: (column: string, numbers: readonly number[]) => RawBuilder<boolean>
  /** Rows of whole numbers as a table `p(a, b)` to join with. */
  pairs: (rows: readonly (readonly [number, number])[]) => RawBuilder<unknown>
  /** The statement that makes a table. */
  create: (table: TableShape) => string
  /** The same of `names`, which gives ids. */
  readonly createNames: string
  /** Whoever holds this until the end of a transaction is the only one that writes. */
  lock: (db: Db) => Promise<void>
  /** Looks whether the database is fit for the archive: throws {@link Unfit} where it is not. */
  check: (db: Db) => Promise<void>
  /** How many rows a table has; PostgreSQL estimates a great many. */
  count: (db: Db, table: Table) => Promise<number>
  bytes: (db: Db) => Promise<number>
  /** Bytes of each table with its indexes: SQLite reads all of the file for that. */
  bytesOf: (db: Db) => Promise<Map<string, number>>
  vacuum: () => Promise<void>
  /** What is wrong where the database cannot be asked now; null: a fault of ours. */
  trouble: (error: unknown) => Trouble | null
  close: () => Promise<void>
}

/** `lasts`: it will not go away by itself, as a full disk may and a wrong password does not. */
export type Trouble = { text: string; lasts: boolean }

/** The database is there, and is not fit for the archive. The message says what is to be done. */
export class Unfit extends Error {}

export type Value = number | string | null

export type TableShape = {
  name: string
  columns: readonly Column[]
  /** Names of columns. */
  key: readonly string[]
}
