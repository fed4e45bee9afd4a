import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArchiveAway } from '../../../archive/archive.ts'
import { createSqliteDialect } from '../../../archive/sql/sqlite/dialect.ts'
import { createThreads, type Threads } from '../../../archive/sql/sqlite/threads.ts'

let folder = ''
let threads: Threads
let db: Kysely<unknown>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-threads-'))
  threads = createThreads({ path: join(folder, 'a.db'), isReader: false }, 1)
  db = new Kysely({ dialect: createSqliteDialect(threads, 'begin immediate') })
  await sql`create table a (x integer) strict`.execute(db)
})
afterEach(async () => {
  await threads.close()
  await rm(folder, { recursive: true, force: true })
})
const rows = async (): Promise<unknown> => (await sql`select x from a order by x`.execute(db)).rows
const endAll = async (): Promise<void> => {
  for (const thread of threads.all()) await thread.kill()
}

test('a thread that ends takes its transaction with it, and the next question gets another', async () => {
  const half = db.transaction().execute(async (tx) => {
    await sql`insert into a values (1)`.execute(tx)
    await endAll()
    await sql`insert into a values (2)`.execute(tx)
  })
  await expect(half).rejects.toThrow(ArchiveAway)
  expect(await rows()).toEqual([])
  await sql`insert into a values (3)`.execute(db)
  expect(await rows()).toEqual([{ x: 3 }])
})

test('what waits for an answer of a thread that ends is rejected, and what waits for its turn gets the next one', async () => {
  const long = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) select max(i) from n`
  const asked = long.execute(db)
  const waits = rows()
  const ended = expect(asked).rejects.toThrow(ArchiveAway)
  await new Promise((resolve) => setImmediate(resolve))
  for (const thread of threads.all()) void thread.kill()
  await ended
  expect(await waits).toEqual([])
})

test('a transaction that fails is undone, and the thread goes on', async () => {
  const failed = db.transaction().execute(async (tx) => {
    await sql`insert into a values (1)`.execute(tx)
    await sql`insert into a values ('text')`.execute(tx)
  })
  await expect(failed).rejects.toThrow('cannot store TEXT value in INTEGER column')
  expect(await rows()).toEqual([])
})

test('more than may wait are refused', async () => {
  const held = await threads.take()
  const many = Array.from({ length: 1001 }, () => threads.take())
  await expect(many.at(-1)).rejects.toThrow('too many questions at once')
  threads.giveBack(held)
  for (const place of many.slice(0, 1000)) threads.giveBack(await place)
})
