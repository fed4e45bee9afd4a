import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { Value } from '../engine.ts'
import type { Answer, Question, ThreadData } from './thread.ts'

/** A thread that holds one connection to the file, and does what it is told, one statement after the other. */
const { path, isReader } = workerData as ThreadData
/** How long it waits for a lock that another process or thread holds, in milliseconds. */
const LOCK_MS = 5000
/** Statements that are kept prepared. */
const MOST_STATEMENTS = 200
/** Of pages of the file in memory, in KiB. */
const CACHE_KB = isReader ? 16_384 : 65_536

/** Several processes may turn a new file over to the write-ahead log at once, and SQLite does not wait for that. */
const useLog = (database: DatabaseSync): void => {
  for (let tries = 50; ; tries--) {
    try {
      const mode = database.prepare('pragma journal_mode = wal').get()?.journal_mode
      if (mode === 'wal') return
      throw new Error(`no write-ahead log can be kept beside ${path} (${mode}): use a disk of this machine`)
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number }
      if ((errcode & 255) !== 5 || tries === 0) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    }
  }
}

const open = (): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: LOCK_MS })
  try {
    database.exec('pragma auto_vacuum = incremental')
    useLog(database)
    database.exec(`pragma synchronous = normal; pragma temp_store = memory; pragma cache_size = -${CACHE_KB}`)
    database.exec('pragma journal_size_limit = 67108864')
    if (isReader) database.exec('pragma query_only = on')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

let database: DatabaseSync | null = null
const statements = new Map<string, StatementSync>()

const prepared = (sql: string): StatementSync => {
  database ??= open()
  const known = statements.get(sql)
  if (known) return known
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  if (statements.size >= MOST_STATEMENTS) statements.clear()
  statements.set(sql, statement)
  return statement
}

const answer = ({ sql, parameters, many }: Question): Omit<Answer & { rows: unknown }, 'id'> => {
  const statement = prepared(sql)
  if (many) {
    let changes = 0
    for (const row of many) changes += Number(statement.run(...row).changes)
    return { rows: [], columns: [], changes }
  }
  const columns = statement.columns().map(({ name }) => name)
  if (columns.length === 0) return { rows: [], columns, changes: Number(statement.run(...parameters).changes) }
  return { rows: statement.all(...parameters) as unknown as Value[][], columns, changes: 0 }
}

parentPort?.on('message', (question: Question | 'close') => {
  if (question === 'close') {
    database?.close()
    parentPort?.close()
    return
  }
  try {
    parentPort?.postMessage({ id: question.id, ...answer(question) })
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: number }
    parentPort?.postMessage({ id: question.id, error: { message, errcode: errcode ?? null } })
  }
})
