import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Value } from '../engine.ts'
import type { Answer, Thread } from './thread.ts'
import type { Threads } from './threads.ts'

/** The only parameter of a statement that is run once for each of these rows. */
export class Rows {
  readonly rows: readonly (readonly Value[])[]
  constructor(rows: readonly (readonly Value[])[]) {
    this.rows = rows
  }
}

const objects = ({ rows, columns }: Answer): Record<string, Value>[] =>
  rows.map((row) => {
    const made: Record<string, Value> = {}
    for (let i = 0; i < columns.length; i++) made[columns[i] ?? ''] = row[i] ?? null
    return made
  })

class Connection implements DatabaseConnection {
  readonly thread: Thread
  constructor(thread: Thread) {
    this.thread = thread
  }
  async executeQuery<R>({ sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>) {
    const [first] = parameters
    const question =
      first instanceof Rows ? { parameters: [], many: first.rows } : { parameters: parameters as Value[] }
    const answer = await this.thread.ask({ sql, ...question })
    return { rows: objects(answer) as R[], numAffectedRows: BigInt(answer.changes) }
  }
  // biome-ignore lint/correctness/useYield: it is never used
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('the archive reads in pages')
  }
}

const createDriver = (threads: Threads, begin: string): Driver => {
  const run = async (connection: DatabaseConnection, sql: string): Promise<void> => {
    await (connection as Connection).executeQuery({ sql, parameters: [] })
  }
  return {
    init: async () => {},
    acquireConnection: async () => new Connection(await threads.take()),
    beginTransaction: (connection) => run(connection, begin),
    commitTransaction: (connection) => run(connection, 'commit'),
    // What failed is told by whoever failed. A transaction that a full disk ended, or with its thread, is gone already;
    // one that cannot be ended otherwise ends with its thread.
    rollbackTransaction: async (connection) => {
      const { thread } = connection as Connection
      await run(connection, 'rollback').catch(() => thread.kill())
    },
    releaseConnection: async (connection) => threads.giveBack((connection as Connection).thread),
    destroy: threads.close,
  }
}

class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/** SQLite in threads, for Kysely. `begin`: how a transaction begins. */
export const createSqliteDialect = (threads: Threads, begin: 'begin' | 'begin immediate'): Dialect => ({
  createAdapter: () => new Adapter(),
  createDriver: () => createDriver(threads, begin),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})
