import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { emptyDatabase, hasPostgres, startPostgres } from './postgres.ts'

/** Where archives of a test file are made, each of them empty. */
export type Archives = {
  engine: 'sqlite' | 'postgres'
  /** The address of an archive that nobody has opened yet. */
  address: () => Promise<string>
  open: () => Promise<Archive>
  stop: () => Promise<void>
}

/** `address`: of a new archive each time. `end`: once all that were opened are closed. */
const archivesAt = (engine: Archives['engine'], address: Archives['address'], end: () => Promise<void>): Archives => {
  const opened: Archive[] = []
  return {
    engine,
    address,
    open: async () => {
      const archive = await openArchive(await address())
      opened.push(archive)
      return archive
    },
    stop: async () => {
      for (const archive of opened) await archive.close()
      await end()
    },
  }
}

const sqliteArchives = async (): Promise<Archives> => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-archive-'))
  let count = 0
  const address = async (): Promise<string> => `sqlite:${join(folder, `${++count}.db`)}`
  return archivesAt('sqlite', address, () => rm(folder, { recursive: true, force: true }))
}

const postgresArchives = async (): Promise<Archives> => {
  const server = await startPostgres()
  let count = 0
  return archivesAt('postgres', () => emptyDatabase(server.url, `archive${++count}`), server.stop)
}

/** All databases that an archive can lie in here. */
export const ENGINES: readonly { name: Archives['engine']; start: () => Promise<Archives> }[] = [
  { name: 'sqlite', start: sqliteArchives },
  ...((await hasPostgres()) ? [{ name: 'postgres' as const, start: postgresArchives }] : []),
]

/** Archives for the tests of a `describe`, begun before the first and ended after the last. */
export const useArchives = (start: () => Promise<Archives>): Pick<Archives, 'open'> & { engine: () => string } => {
  let archives: Archives | null = null
  beforeAll(async () => {
    archives = await start()
  })
  afterAll(() => archives?.stop())
  const begun = (): Archives => {
    if (archives === null) throw new Error('There are archives only while tests run')
    return archives
  }
  return { open: () => begun().open(), engine: () => begun().engine }
}
